// Actions of continuing the prompt: token by token under A, B or both, interventions on; stop; and take what came into the prompt.
import type { Continuation } from '../engine/index.ts';
import type { Continued, Side } from '../worker/answers.ts';
import { noteAsked } from './asked.ts';
import { failureOf } from './failure.ts';
import { want } from './running.ts';
import type { Session } from './session.ts';
import type { Sitting } from './sitting.ts';
import type { ContinuationRun } from './state.ts';

type ContinuationActions = Pick<Session, 'continuePrompt' | 'stopContinuing' | 'takeContinuation'>;

/** The actions of continuations over a sitting. */
export function continuationActions(sitting: Sitting): ContinuationActions {
  return {
    continuePrompt: (continuation) => {
      noteAsked(sitting, { continuation });
      sitting.track(runContinuation(sitting, continuation));
    },
    stopContinuing: () => {
      sitting.jobs.end('continuation');
      const { continuation } = sitting.state;
      if (continuation?.status === 'running') sitting.set({ continuation: { ...continuation, status: 'cancelled' } });
    },
    takeContinuation: (side) => {
      const { continuation, experiment } = sitting.state;
      const tokens = continuation?.[side]?.tokens ?? [];
      if (!continuation || tokens.length === 0) return;
      const tokenIds = [...continuation.prompt, ...tokens.map(({ token }) => token)].map(({ id }) => id);
      want(sitting, { prompt: { ...experiment.prompt, tokenIds } });
    },
  };
}

/** Continues the prompt of now; a continuation that is under way ends. */
export async function runContinuation(sitting: Sitting, continuation: Continuation): Promise<void> {
  const signal = sitting.jobs.begin('continuation');
  const { experiment, tokens, corruptedTokens } = sitting.state;
  const { mode } = experiment;
  const nothing = { tokens: [], ended: null };
  let shown: ContinuationRun = {
    continuation,
    experiment,
    prompt: tokens,
    status: 'running',
    a: mode === 'split' ? null : nothing,
    b: mode === 'fused' ? null : nothing,
  };
  const show = (patch: Partial<ContinuationRun>) => {
    shown = { ...shown, ...patch };
    sitting.set({ continuation: shown });
  };
  const add = (side: Side, token: Continued) =>
    show({ [side]: { tokens: [...(shown[side]?.tokens ?? []), token], ended: null } });
  sitting.set({ continuation: shown, continuationProblem: null });
  try {
    const ended = await sitting.client.ask(
      {
        kind: 'generate',
        experiment,
        tokenIds: tokens.map(({ id }) => id),
        corruptedTokenIds: corruptedTokens?.map(({ id }) => id) ?? null,
        ...continuation,
      },
      {
        signal,
        onProgress: (progress) => {
          if (progress.kind === 'generate' && !signal.aborted) add(progress.side, progress.token);
        },
      },
    );
    if (signal.aborted) return;
    const { a, b } = shown;
    show({ status: 'done', a: a && { ...a, ended: ended.a }, b: b && { ...b, ended: ended.b } });
    const made = Math.max(a?.tokens.length ?? 0, b?.tokens.length ?? 0);
    sitting.set({ notice: { text: `Continued by ${made} tokens`, tone: 'info' } });
  } catch (error) {
    if (!signal.aborted) sitting.set({ continuation: null, continuationProblem: failureOf(error).message });
  }
}
