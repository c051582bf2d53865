// How a token's place changes from run A to run B, written from 1 on: 3, or 3 → 1.

export function rankChange(from: number, to: number): string {
  return from === to ? `${from + 1}` : `${from + 1} → ${to + 1}`;
}
