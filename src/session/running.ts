// Running what is wanted: the latest wanted run wins, the earlier is aborted, and what was shown stays until the newer one has it.
import type { Experiment, Prompt } from '../engine/index.ts';
import { verifyFingerprint } from '../share/verify.ts';
import type { Token } from '../tokenizer/token.ts';
import type { Progress } from '../worker/protocol.ts';
import { tellAddress } from './address.ts';
import { type Edits, remember, sameRun, sameSetup } from './edits.ts';
import { failureOf } from './failure.ts';
import { halfOf, shownHalf } from './half.ts';
import { loadModel } from './loadModel.ts';
import { loadShown } from './loadViews.ts';
import { withRun } from './log.ts';
import { runNotice } from './notices.ts';
import { judgeAgain, showHeads, showInspection, showOutputs } from './showing.ts';
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
    const run = { experiment, tokens, corrupted, signal, onProgress };
    await planMemory(sitting, run);
    if (signal.aborted) return;
    // A reader who sees nothing yet sees A at once: B and the comparison, whose kernels are still to be compiled, come after it.
    if (sitting.state.shown === null && experiment.mode === 'compare') await runHalf(sitting, run);
    if (signal.aborted) return;
    const shown = await runAndLoad(sitting, { ...run, aOf: shownHalf(sitting.state) });
    if (signal.aborted) return;
    show(sitting, shown);
    await catchUp(sitting, shown);
    await tellAddress(sitting, how);
  } catch (error) {
    if (signal.aborted) return;
    const failure = failureOf(error);
    sitting.set({ run: { status: 'failed', failure }, notice: null });
    sitting.note({ text: `Run failed: ${failure.message}`, tone: 'bad' });
  }
}

type Run = {
  readonly experiment: Experiment;
  readonly tokens: readonly Token[];
  readonly corrupted: readonly Token[] | null;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly aOf?: number | null; // the run of A alone that this one goes on from
};

async function planMemory(sitting: Sitting, { experiment, tokens, corrupted, signal }: Run): Promise<void> {
  const lengths = { nPos: tokens.length, nCorrupted: corrupted?.length ?? null };
  const memory = await sitting.client.ask({ kind: 'planMemory', experiment, lengths }, { signal });
  if (!signal.aborted) sitting.set({ memory });
}

/** Shows A alone; the log and the address wait for the comparison. */
async function runHalf(sitting: Sitting, run: Run): Promise<void> {
  const shown = await runAndLoad(sitting, { ...run, experiment: halfOf(run.experiment) });
  if (run.signal.aborted) return;
  sitting.set({ shown, stale: true, selectedPosition: positionIn(sitting, run.tokens) });
}

/** Runs, and asks for what is shown of it: of the view of then, which may be another than when the run began. */
async function runAndLoad(sitting: Sitting, run: Run): Promise<Shown> {
  const { experiment, tokens, corrupted, signal, onProgress, aOf = null } = run;
  const tokenIds = tokens.map(({ id }) => id);
  const corruptedTokenIds = corrupted?.map(({ id }) => id) ?? null;
  const request = { kind: 'run', experiment, tokenIds, corruptedTokenIds, aOf } as const;
  const result = await sitting.client.ask(request, { signal, onProgress });
  const position = positionIn(sitting, tokens);
  const { view } = sitting.state.experiment;
  return loadShown(sitting, { experiment: { ...experiment, view }, result, tokens, position }, signal);
}

/** What the reader chose while the run was loaded: another head, hook, position or tolerance. */
async function catchUp(sitting: Sitting, { experiment: { view, tolerance }, outputs }: Shown): Promise<void> {
  const { experiment: now, selectedPosition } = sitting.state;
  const { layer, head, show, hook } = now.view;
  if (layer !== view.layer || head !== view.head || show !== view.show) await showHeads(sitting);
  if (outputs?.position !== selectedPosition) await showOutputs(sitting, selectedPosition);
  if (JSON.stringify(now.tolerance) !== JSON.stringify(tolerance)) await judgeAgain(sitting);
  else if (hook !== view.hook) await showInspection(sitting);
}

/** The chosen position, where these tokens were there before; else the last. */
function positionIn({ state: { shown, selectedPosition } }: Sitting, tokens: readonly Token[]): number {
  const last = tokens.length - 1;
  if (!shown) return selectedPosition < 0 ? last : Math.min(selectedPosition, last); // recalled
  const isSame = shown.tokens.length === tokens.length && shown.tokens.every(({ id }, at) => id === tokens[at]?.id);
  return isSame ? selectedPosition : last;
}

function show(sitting: Sitting, shown: Shown): void {
  const { experiment, log } = sitting.state;
  const sent = experiment.fingerprint;
  const reproduction = sent && verifyFingerprint(sent, shown.result.fingerprint, experiment.tolerance);
  const notice = runNotice(shown.result);
  const position = positionIn(sitting, shown.tokens);
  sitting.set({ shown, stale: false, run: { status: 'done' }, selectedPosition: position, reproduction, notice });
  sitting.set({ log: withRun(log, shown, notice) });
}

async function tokensOf({ client }: Sitting, prompt: Prompt, signal: AbortSignal): Promise<readonly Token[]> {
  if (prompt.tokenIds) return client.ask({ kind: 'describeTokens', ids: prompt.tokenIds }, { signal });
  const { text, prependBos } = prompt;
  return client.ask({ kind: 'tokenize', text, prependBos }, { signal });
}
