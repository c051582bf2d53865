// How a token is written where whitespace and bytes must be seen: '·Mary', '⏎', ⟨e2 80⟩.
import type { ViewToken } from './data.ts';

const VISIBLE: Readonly<Record<string, string>> = { ' ': '·', '\n': '⏎', '\t': '⇥', '\r': '␍', '\u00a0': '⍽' };

/** Writes a token with visible whitespace, and with its bytes in hex where they are no text. */
export function visibleToken(token: ViewToken): string {
  if (token.bytes !== null) return `⟨${token.bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')}⟩`;
  if (token.text === '') return '∅';
  return [...token.text].map((character) => VISIBLE[character] ?? written(character)).join('');
}

/** Writes a character that has no shape of its own by its code: ⟨1b⟩, ⟨200b⟩. */
function written(character: string): string {
  return UNSEEN.test(character) ? `⟨${character.codePointAt(0)?.toString(16).padStart(2, '0')}⟩` : character;
}

const UNSEEN = /^[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]$/u; // controls, marks of format, code points that are no character

/** Shortens a written token for an axis, keeping its beginning. */
export function shortToken(token: ViewToken, maxCharacters: number): string {
  const characters = [...visibleToken(token)];
  return characters.length <= maxCharacters
    ? characters.join('')
    : `${characters.slice(0, maxCharacters - 1).join('')}…`;
}

/** Numbers the tokens whose id comes more than once: 1, 2, … in order of position; null where it is alone. */
export function occurrences(tokens: readonly ViewToken[]): (number | null)[] {
  const totals = new Map<number, number>();
  for (const token of tokens) totals.set(token.id, (totals.get(token.id) ?? 0) + 1);
  const seen = new Map<number, number>();
  return tokens.map((token) => {
    const nth = (seen.get(token.id) ?? 0) + 1;
    seen.set(token.id, nth);
    return (totals.get(token.id) ?? 0) > 1 ? nth : null;
  });
}
