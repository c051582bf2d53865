// Running what is wanted: the latest wanted run wins, the earlier is aborted, and what was shown stays until the newer one has it.
import type { Experiment, Prompt } from '../engine/index.ts';
import { verifyFingerprint } from '../share/verify.ts';
import type { Token } from '../tokenizer/token.ts';
import type { Progress } from '../worker/protocol.ts';
import { tellAddress } from './address.ts';
import { type Edits, remember, sameRun, sameSetup } from './edits.ts';
import { failureOf } from './failure.ts';
import { loadModel } from './loadModel.ts';
import { loadShown } from './loadViews.ts';
import { withRun } from './log.ts';
import { runNotice } from './notices.ts';
import { judgeAgain } from './showing.ts';
import type { Sitting } from './sitting.ts';
import type { Shown } from './state.ts';

/** Changes what is wanted; a run follows after the delay. Edits of a text follow each other as one, until their run begins. */
export function want(sitting: Sitting, patch: Partial<Experiment>, delayMs = 0): void {
  const { experiment, edits } = sitting.state;
  const goesOn = delayMs > 0 && sitting.isWaiting;
  set(sitting, { ...experiment, ...patch }, goesOn ? edits : remember(edits, experiment));
  sitting.later(() => runWanted(sitting, 'push'), delayMs);
}

/** Wants another setup whole, whatever is looked at; `edits` where it comes from undo or redo. */
export function wantSetup(sitting: Sitting, setup: Experiment, edits?: Edits): void {
  const { experiment } = sitting.state;
  if (!edits && sameSetup(experiment, setup)) return;
  set(sitting, { ...setup, view: experiment.view }, edits ?? remember(sitting.state.edits, experiment));
  const work = async () => {
    if (sitting.state.stale) {
      if (await loadModel(sitting)) await runWanted(sitting, 'push');
      return;
    }
    await showAgain(sitting);
  };
  sitting.later(work, 0);
}

/** What is shown is what is wanted again: ends the run in flight, and puts back the tokens that it had set for itself. */
async function showAgain(sitting: Sitting): Promise<void> {
  const signal = sitting.supersede();
  const { corrupted } = sitting.state.experiment;
  sitting.set({ run: { status: 'done' }, tokens: sitting.state.shown?.tokens ?? [] });
  const corruptedTokens = corrupted && (await tokensOf(sitting, corrupted, signal).catch(() => null));
  if (signal.aborted) return;
  sitting.set({ corruptedTokens });
  await judgeAgain(sitting);
}

function set(sitting: Sitting, wanted: Experiment, edits: Edits): void {
  const { shown } = sitting.state;
  const stale = shown !== null && !sameRun(shown.experiment, wanted);
  sitting.set({ experiment: { ...wanted, fingerprint: null }, edits, stale, reproduction: null });
}

/** Runs the experiment that is wanted, and shows it unless another run was wanted meanwhile. */
export async function runWanted(sitting: Sitting, how: 'push' | 'replace'): Promise<void> {
  const signal = sitting.supersede();
  if (sitting.state.model.status !== 'ready') return;
  const { experiment } = sitting.state;
  sitting.set({ run: { status: 'running', progress: null } });
  try {
    const tokens = await tokensOf(sitting, experiment.prompt, signal);
    const corrupted = experiment.corrupted && (await tokensOf(sitting, experiment.corrupted, signal));
    if (signal.aborted) return;
    sitting.set({ tokens, corruptedTokens: corrupted });
    const onProgress = (progress: Progress) => {
      if (!signal.aborted) sitting.set({ run: { status: 'running', progress } });
    };
    const tokenIds = tokens.map(({ id }) => id);
    const corruptedTokenIds = corrupted?.map(({ id }) => id) ?? null;
    const lengths = { nPos: tokenIds.length, nCorrupted: corruptedTokenIds?.length ?? null };
    const memory = await sitting.client.ask({ kind: 'planMemory', experiment, lengths }, { signal });
    if (signal.aborted) return;
    sitting.set({ memory });
    const request = { kind: 'run', experiment, tokenIds, corruptedTokenIds } as const;
    const result = await sitting.client.ask(request, { signal, onProgress });
    const position = positionIn(sitting, tokens);
    const shown = await loadShown(sitting.client, { experiment, result, tokens, position }, signal);
    if (signal.aborted) return;
    show(sitting, shown, position);
    await tellAddress(sitting, how);
  } catch (error) {
    if (signal.aborted) return;
    const failure = failureOf(error);
    sitting.set({ run: { status: 'failed', failure }, notice: null });
    sitting.note({ text: `Run failed: ${failure.message}`, tone: 'bad' });
  }
}

/** The chosen position, where these tokens were there before; else the last. */
function positionIn({ state: { shown, selectedPosition } }: Sitting, tokens: readonly Token[]): number {
  const last = tokens.length - 1;
  if (!shown) return selectedPosition < 0 ? last : Math.min(selectedPosition, last); // recalled
  const isSame = shown.tokens.length === tokens.length && shown.tokens.every(({ id }, at) => id === tokens[at]?.id);
  return isSame ? selectedPosition : last;
}

function show(sitting: Sitting, shown: Shown, position: number): void {
  const { experiment, log } = sitting.state;
  const sent = experiment.fingerprint;
  const reproduction = sent && verifyFingerprint(sent, shown.result.fingerprint, experiment.tolerance);
  const notice = runNotice(shown.result);
  sitting.set({ shown, stale: false, run: { status: 'done' }, selectedPosition: position, reproduction, notice });
  sitting.set({ log: withRun(log, shown, notice) });
}

async function tokensOf({ client }: Sitting, prompt: Prompt, signal: AbortSignal): Promise<readonly Token[]> {
  if (prompt.tokenIds) return client.ask({ kind: 'describeTokens', ids: prompt.tokenIds }, { signal });
  const { text, prependBos } = prompt;
  return client.ask({ kind: 'tokenize', text, prependBos }, { signal });
}
