// Asks the worker for what the panels show of a finished run.
import { blockHook, type Experiment, type ExperimentResult, type HookName } from '../engine/index.ts';
import type { Token } from '../tokenizer/token.ts';
import type { Client } from '../worker/client.ts';
import type { Side } from '../worker/protocol.ts';
import type { Shown } from './state.ts';

export type ShownRun = {
  readonly experiment: Experiment;
  readonly result: ExperimentResult;
  readonly tokens: readonly Token[];
  readonly position: number;
};

/** Everything that is shown of a run. */
export async function loadShown(client: Client, run: ShownRun, signal: AbortSignal): Promise<Shown> {
  const { experiment, result, tokens, position } = run;
  const { runId } = result;
  const atlasOf = (side: Side) => (result[side] ? client.ask({ kind: 'atlas', runId, side }, { signal }) : null);
  const [a, b, heads, inspection, outputs] = await Promise.all([
    atlasOf('a'),
    atlasOf('b'),
    loadHeads(client, result, experiment, signal),
    loadInspection(client, result, experiment, signal),
    client.ask({ kind: 'outputs', runId, position }, { signal }),
  ]);
  return {
    experiment,
    result,
    ladder: result.ladder,
    tokens,
    atlas: { a, b },
    heads,
    inspection,
    outputs,
    predictions: null,
    ranking: null,
  };
}

/** The chosen head's matrix of each side that ran. */
export async function loadHeads(
  client: Client,
  result: ExperimentResult,
  { view }: Experiment,
  signal?: AbortSignal,
): Promise<Shown['heads']> {
  const { layer, head, show } = view;
  const options = signal ? { signal } : {};
  const hook = blockHook(layer, show === 'pattern' ? 'attn.hook_pattern' : 'attn.hook_attn_scores');
  const matrixOf = (side: Side) =>
    result[side]?.hooks.some((info) => info.hook === hook)
      ? client.ask({ kind: 'head', runId: result.runId, side, show, layer, head }, options)
      : null;
  const [a, b] = await Promise.all([matrixOf('a'), matrixOf('b')]);
  return { a, b, layer, head, show };
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
