// How long a prompt may be, and where its length is more than a length: dynamic and longrope scaling turn every position of a prompt by
// how long the whole is. Beyond their first context a prefix of a prompt is not the prompt, by the model's own definition.
import type { ModelConfig } from './modelConfig.ts';

type Length = Pick<ModelConfig, 'nCtx' | 'maxPositions'>;
type Angles = Pick<ModelConfig, 'rotary'>;

/** Why a prompt of so many tokens cannot run on a model, in words; null where it can. */
export function whyTooLong({ maxPositions }: Length, nPos: number): string | null {
  if (maxPositions === null || nPos <= maxPositions) return null;
  return `The prompt has ${nPos} tokens, and the model has a table of ${maxPositions} positions. Shorten the prompt.`;
}

/** The most tokens of a prompt whose angles are those of every shorter one; infinite where length changes none. */
export function sameAnglesUpTo({ rotary }: Angles): number {
  return Math.min(...rotary.map((layer) => firstContext(layer?.scaling ?? null) ?? Number.POSITIVE_INFINITY));
}

/** What is to be known of a prompt of this length, in words for the reader; null where there is nothing. */
export function lengthNote(config: Length & Angles, nPos: number): string | null {
  const { nCtx } = config;
  const first = sameAnglesUpTo(config);
  if (nPos > first) {
    return `longer than the ${first} tokens that its rotary scaling begins at: all positions turn by the angles of a prompt of this length, and a shorter one's activations are not the first of these`;
  }
  return nPos > nCtx ? `longer than the context of ${nCtx} that the model names; it runs, as in transformers` : null;
}

/** How far a text may be continued by a cache of keys, and what ends there: the context, or the angles of what is cached. */
export type ContinuationEnd = { readonly nPos: number; readonly why: 'context' | 'rotary' };

/** Where a prompt's continuation ends, in positions that are read. A prompt that is beyond the context already goes on. */
export function continuationEnd(config: Length & Angles, nPrompt: number): ContinuationEnd {
  const { nCtx, maxPositions } = config;
  const ofContext = maxPositions ?? (nPrompt <= nCtx ? nCtx : Number.POSITIVE_INFINITY);
  const first = sameAnglesUpTo(config);
  const grows = config.rotary.some((layer) => layer?.scaling?.kind === 'dynamic');
  const ofAngles = nPrompt <= first ? first : grows ? nPrompt : Number.POSITIVE_INFINITY;
  return ofAngles < ofContext ? { nPos: ofAngles, why: 'rotary' } : { nPos: ofContext, why: 'context' };
}

function firstContext(scaling: NonNullable<ModelConfig['rotary'][number]>['scaling']): number | null {
  return scaling?.kind === 'dynamic' || scaling?.kind === 'longrope' ? scaling.originalNCtx : null;
}
