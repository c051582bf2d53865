// Continues a prompt under A, B or both, a token of each in turn, and tells every token as it is chosen.
import {
  type Experiment,
  type GeneratedToken,
  logSumExp,
  type Model,
  type NotApplied,
  PreparedGeneration,
  type StopReason,
  whyNotSampling,
} from '../engine/index.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { Continuations, Side } from './answers.ts';
import { type Handling, KnownFailure } from './host.ts';
import type { RequestOf } from './protocol.ts';
import type { Rest } from './turns.ts';

type Loaded = { readonly model: Model; readonly tokenizer: Tokenizer; readonly endIds: readonly number[] };

type Stream = AsyncGenerator<GeneratedToken, StopReason>;
type Open = { readonly side: Side; readonly stream: Stream; readonly notApplied: readonly NotApplied[] };

/** Answers a `generate` request; tokens go by progress. Rests, and stops when the signal says so, between two tokens. */
export async function generate(
  { model, tokenizer, endIds }: Loaded,
  request: RequestOf<'generate'>,
  { signal, onProgress }: Handling,
  rest: Rest,
): Promise<Continuations> {
  const { experiment, tokenIds, corruptedTokenIds = null, sampling, maxTokens } = request;
  const why = whyNotSampling(sampling);
  if (why !== null) throw new KnownFailure('input', why);
  const prepared: PreparedGeneration[] = [];
  try {
    const open: Open[] = [];
    for (const side of sidesOf(experiment)) {
      signal.throwIfAborted();
      const generation = await PreparedGeneration.make({
        model,
        spec: experiment[side],
        nPrompt: tokenIds.length,
        nCorrupted: corruptedTokenIds?.length ?? null,
        maxTokens,
        interventions: experiment.interventions,
        patternLayers: [experiment.view.layer],
      });
      prepared.push(generation);
      const stream = generation.continue(
        { clean: tokenIds, corrupted: corruptedTokenIds },
        { sampling, endIds, signal },
      );
      open.push({ side, stream, notApplied: generation.notApplied });
    }
    return await inTurn(open, async (side, { id, position, logits, patterns, elapsedMs }) => {
      const [token] = tokenizer.describe([id]);
      if (!token) throw new Error(`internal: token ${id} has no description`);
      const probability = Math.exp((logits[id] ?? Number.NaN) - logSumExp(logits));
      const [pattern] = patterns;
      onProgress({
        kind: 'generate',
        side,
        token: { token, position, probability, elapsedMs, pattern: pattern ?? null },
      });
      await rest();
    });
  } finally {
    for (const generation of prepared) generation.destroy();
  }
}

/** One token of each side that still goes on, until none does. */
async function inTurn(
  open: readonly Open[],
  onToken: (side: Side, token: GeneratedToken) => Promise<void>,
): Promise<Continuations> {
  const ended: { a: Continuations['a']; b: Continuations['b'] } = { a: null, b: null };
  let going = open;
  while (going.length > 0) {
    const still: Open[] = [];
    for (const one of going) {
      const { value, done } = await one.stream.next();
      if (done) {
        ended[one.side] = { stopped: value, notApplied: one.notApplied };
        continue;
      }
      await onToken(one.side, value);
      still.push(one);
    }
    going = still;
  }
  return ended;
}

function sidesOf({ mode }: Experiment): readonly Side[] {
  if (mode === 'compare') return ['a', 'b'];
  return mode === 'fused' ? ['a'] : ['b'];
}
