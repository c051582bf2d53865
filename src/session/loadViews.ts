// Asks the worker for what the panels show of a finished run.
import { type Experiment, type ExperimentResult, type HookName, hasValues } from '../engine/index.ts';
import type { Token } from '../tokenizer/token.ts';
import type { Client } from '../worker/client.ts';
import type { Sitting } from './sitting.ts';
import type { Asked, Shown } from './state.ts';

const NOTHING_ASKED: Asked<never> = { value: null, isAsking: false, problem: null };

export type ShownRun = {
  readonly experiment: Experiment;
  readonly result: ExperimentResult;
  readonly tokens: readonly Token[];
  readonly position: number;
};

/** Everything that is shown of a run. */
export async function loadShown(sitting: Sitting, run: ShownRun, signal: AbortSignal): Promise<Shown> {
  const { client } = sitting;
  const { experiment, result, tokens, position } = run;
  const { runId } = result;
  const [atlas, heads, inspection, outputs] = await Promise.all([
    client.ask({ kind: 'atlas', runId }, { signal }),
    loadHeads(sitting, result, experiment, signal),
    loadInspection(client, result, experiment, signal),
    client.ask({ kind: 'outputs', runId, position }, { signal }),
  ]);
  return {
    experiment,
    result,
    ladder: result.ladder,
    tokens,
    atlas,
    heads,
    inspection,
    outputs,
    predictions: null,
    ranking: null,
    profile: NOTHING_ASKED,
    amplification: NOTHING_ASKED,
  };
}

/** The chosen head's matrix of each side that ran, and their difference; of a long prompt their ranges, while the values stay on the GPU. */
export async function loadHeads(
  { client, pictures }: Pick<Sitting, 'client' | 'pictures'>,
  { runId }: ExperimentResult,
  { view: { layer, head, show } }: Experiment,
  signal?: AbortSignal,
): Promise<Shown['heads']> {
  const asked = { kind: 'head', runId, show, layer, head, stays: pictures() } as const;
  const matrices = await client.ask(asked, signal ? { signal } : {});
  return { ...matrices, layer, head, show };
}

/** The values of the head that is shown, where they stayed on the GPU. */
export async function loadValues(client: Client, { result: { runId }, heads }: Shown): Promise<Shown['heads']> {
  if (!heads || hasValues(heads)) return heads;
  const { layer, head, show } = heads;
  const matrices = await client.ask({ kind: 'head', runId, show, layer, head });
  return { ...matrices, layer, head, show };
}

/** The chosen hook's inspection; null where no run that was made has it (a split hook after a fused run). */
export async function loadInspection(
  client: Client,
  result: ExperimentResult,
  { view, tolerance }: Experiment,
  signal?: AbortSignal,
): Promise<Shown['inspection']> {
  if (!hasHook(result, view.hook)) return null;
  return client.ask({ kind: 'inspect', runId: result.runId, hook: view.hook, tolerance }, signal ? { signal } : {});
}

/** Says whether a run that was made has the hook. */
export function hasHook({ a, b }: ExperimentResult, wanted: HookName): boolean {
  return [a, b].some((report) => report?.hooks.some(({ hook }) => hook === wanted));
}
