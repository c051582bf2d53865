// Chooses the next token from a row of logits: greedily, or by a seeded draw after temperature, top-k and top-p, in that order, as
// transformers' logits warpers do. In f64 on the CPU, so that a seed means the same continuation on every machine.
import { randomStream } from '../tensor/random.ts';

export type Sampling =
  | { readonly kind: 'greedy' }
  | {
      readonly kind: 'seeded';
      readonly seed: number;
      readonly temperature: number; // > 0; 1 leaves the distribution as it is
      readonly topK: number | null; // only the k likeliest; null: all
      readonly topP: number | null; // the fewest likeliest tokens whose probabilities reach p; null: all
    };

export const GREEDY: Sampling = { kind: 'greedy' };

type Candidate = { readonly id: number; readonly probability: number };

/** Says what is wrong with a sampling rule, naming the field; null where it can be followed. */
export function whyNotSampling(sampling: Sampling): string | null {
  if (sampling.kind === 'greedy') return null;
  const { seed, temperature, topK, topP } = sampling;
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) return `seed=${seed} is no integer from 0 to 2³² − 1`;
  if (!(temperature > 0) || temperature === Number.POSITIVE_INFINITY) {
    return `temperature=${temperature} is not above 0; use greedy sampling for the likeliest token`;
  }
  if (topK !== null && (!Number.isInteger(topK) || topK < 1)) return `top-k=${topK} keeps no token; use 1 or more`;
  if (topP !== null && !(topP > 0 && topP <= 1)) return `top-p=${topP} is not above 0 and at most 1`;
  return null;
}

/** Starts a sampler; each call chooses one token from logits [d_vocab]. Throws where the rule is none or a logit is NaN. */
export function sampler(sampling: Sampling): (logits: ArrayLike<number>) => number {
  const why = whyNotSampling(sampling);
  if (why !== null) throw new Error(why);
  if (sampling.kind === 'greedy') return likeliest;
  const random = randomStream(sampling.seed);
  return (logits) => draw(candidates(logits, sampling), random());
}

/** The largest logit's id; of equals, the lowest. */
function likeliest(logits: ArrayLike<number>): number {
  let best = 0;
  for (let id = 0; id < logits.length; id++) {
    const logit = numberAt(logits, id);
    if (logit > numberAt(logits, best)) best = id;
  }
  return best;
}

/** Lists the tokens that may be drawn, likeliest first (of equals, the lower id), with probabilities that sum to 1. */
function candidates(logits: ArrayLike<number>, rule: Extract<Sampling, { kind: 'seeded' }>): Candidate[] {
  const largest = numberAt(logits, likeliest(logits));
  const weights = Float64Array.from(logits, (_, id) => Math.exp((numberAt(logits, id) - largest) / rule.temperature));
  const ids = Array.from(weights.keys()).sort((a, b) => numberAt(logits, b) - numberAt(logits, a) || a - b);
  const kept = normalised(ids.slice(0, rule.topK ?? ids.length).map((id) => ({ id, probability: weights[id] ?? 0 })));
  if (rule.topP === null) return kept;
  let sum = 0;
  const reached = kept.findIndex(({ probability }) => {
    sum += probability;
    return sum >= (rule.topP ?? 1);
  });
  return normalised(reached < 0 ? kept : kept.slice(0, reached + 1));
}

function normalised(of: readonly Candidate[]): Candidate[] {
  const sum = of.reduce((total, { probability }) => total + probability, 0);
  return of.map(({ id, probability }) => ({ id, probability: probability / sum }));
}

/** The token on whose stretch of [0, 1) the number falls. */
function draw(of: readonly Candidate[], at: number): number {
  let sum = 0;
  for (const { id, probability } of of) {
    sum += probability;
    if (at < sum) return id;
  }
  const last = of.at(-1); // rounding may leave the sum a hair below 1
  if (!last) throw new Error('internal: no token to draw from');
  return last.id;
}

function numberAt(logits: ArrayLike<number>, id: number): number {
  const logit = logits[id];
  if (logit === undefined || Number.isNaN(logit)) {
    throw new Error(
      `The logit of token ${id} is ${logit}: no token can be chosen. Look for the first NaN in the ladder.`,
    );
  }
  return logit;
}
