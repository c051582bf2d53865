// What a sweep or a reading ran, in the words of a caption: its specification, its interventions, and the very tokens. Pure.
import { describeSpec } from '../../engine/index.ts';
import type { RanOn } from '../../session/state.ts';

const WRITTEN_IDS = 40; // of a longer prompt only how many

/** `run fused, reversed · token ids 0 12 7 · corrupted prompt, token ids 0 12 9`. */
export function ranWords({ spec, tokenIds, corruptedTokenIds }: RanOn): string {
  const prompts = [
    idsOf(tokenIds),
    ...(corruptedTokenIds === null ? [] : [`corrupted prompt, ${idsOf(corruptedTokenIds)}`]),
  ];
  return [`run ${describeSpec(spec)}`, ...prompts].join(' · ');
}

function idsOf(ids: readonly number[]): string {
  return ids.length <= WRITTEN_IDS ? `token ids ${ids.join(' ')}` : `${ids.length} tokens`;
}
