// What a sweep needs of the prompts, in words where it is not there. Pure.
import type { ViewToken } from '../data.ts';

/** Tokens that a link asks for stay in the list, also where the run of now finds them unlikely. */
export function withTokens(candidates: readonly ViewToken[], ...ids: readonly number[]): readonly ViewToken[] {
  const missing = ids.filter((id) => candidates.every((token) => token.id !== id));
  return [...candidates, ...missing.map((id) => ({ id, text: `#${id}`, bytes: null, special: false }))];
}

/** Says why nothing can be taken from the corrupted prompt; null where it can. */
export function whyNoCorrupted(tokens: readonly ViewToken[], corrupted: readonly ViewToken[] | null): string | null {
  if (!corrupted) return 'Patching needs a corrupted prompt: switch it on in the Prompt panel.';
  if (corrupted.length === tokens.length) return null;
  return `The corrupted prompt has ${corrupted.length} tokens, the prompt ${tokens.length}: they must be equally long.`;
}
