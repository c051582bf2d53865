// The gallery: every case, in the order in which it is shown.
import type { Case } from './case.ts';
import { GROUPED, ONNX_ATTENTION } from './grouped.ts';
import { INDIRECT_OBJECT } from './indirectObject.ts';
import { BATCH, NARROW_TYPES, ONLINE, SPLIT_BF16, SPLIT_F32 } from './rounding.ts';

export const CASES: readonly Case[] = [
  SPLIT_F32,
  SPLIT_BF16,
  GROUPED,
  BATCH,
  ONLINE,
  NARROW_TYPES,
  ONNX_ATTENTION,
  INDIRECT_OBJECT,
];

/** The case of a link's id; null where there is none. */
export function findCase(id: string): Case | null {
  return CASES.find((candidate) => candidate.id === id) ?? null;
}
