// Running what is wanted: the latest wanted run wins, the earlier is aborted, and what was shown stays until the newer one has it.
import type { Experiment } from '../engine/index.ts';
import { verifyFingerprint } from '../share/verify.ts';
import type { Token } from '../tokenizer/token.ts';
import type { Progress } from '../worker/protocol.ts';
import { tellAddress } from './address.ts';
import { failureOf } from './failure.ts';
import { loadShown } from './loadViews.ts';
import { runNotice } from './notices.ts';
import type { Sitting } from './sitting.ts';
import type { Shown } from './state.ts';

/** Changes what is wanted; a run follows after the delay. */
export function want(sitting: Sitting, patch: Partial<Experiment>, delayMs = 0): void {
  const { experiment, shown } = sitting.state;
  sitting.set({
    experiment: { ...experiment, fingerprint: null, ...patch },
    stale: shown !== null,
    reproduction: null,
  });
  sitting.later(() => runWanted(sitting, 'push'), delayMs);
}

/** Runs the experiment that is wanted, and shows it unless another run was wanted meanwhile. */
export async function runWanted(sitting: Sitting, how: 'push' | 'replace'): Promise<void> {
  const signal = sitting.supersede();
  if (sitting.state.model.status !== 'ready') return;
  const { experiment } = sitting.state;
  sitting.set({ run: { status: 'running', progress: null } });
  try {
    const tokens = await tokensOf(sitting, experiment, signal);
    if (signal.aborted) return;
    sitting.set({ tokens });
    const onProgress = (progress: Progress) => {
      if (!signal.aborted) sitting.set({ run: { status: 'running', progress } });
    };
    const tokenIds = tokens.map(({ id }) => id);
    const result = await sitting.client.ask({ kind: 'run', experiment, tokenIds }, { signal, onProgress });
    const position = tokens.length - 1;
    const shown = await loadShown(sitting.client, { experiment, result, tokens, position }, signal);
    if (signal.aborted) return;
    show(sitting, shown, position);
    await tellAddress(sitting, how);
  } catch (error) {
    if (!signal.aborted) sitting.set({ run: { status: 'failed', failure: failureOf(error) }, notice: null });
  }
}

function show(sitting: Sitting, shown: Shown, position: number): void {
  const { experiment } = sitting.state;
  const sent = experiment.fingerprint;
  const reproduction = sent && verifyFingerprint(sent, shown.result.fingerprint, experiment.tolerance);
  const notice = runNotice(shown.result);
  sitting.set({ shown, stale: false, run: { status: 'done' }, selectedPosition: position, reproduction, notice });
}

async function tokensOf({ client }: Sitting, { prompt }: Experiment, signal: AbortSignal): Promise<readonly Token[]> {
  if (prompt.tokenIds) return client.ask({ kind: 'describeTokens', ids: prompt.tokenIds }, { signal });
  const { text, prependBos } = prompt;
  return client.ask({ kind: 'tokenize', text, prependBos }, { signal });
}
