// `parity`: each checkpoint with recorded activations, run fused and split, against the truth in f64, hook by hook in running order.
// Logits pass where our error is at most the larger of twice transformers' own and 16 ULP of the largest. A hook passes where its
// error is at most four times TransformerLens' own there, or, counted in ULP of the hook's largest element, twice what the logits are
// allowed: rounding accumulates along the stream, another implementation may be right by luck at one hook, and what attention or
// the MLP adds may be smaller than the stream whose rounding it carries.
import {
  type Activation,
  type Checkpoint,
  compareTensors,
  finalLogits,
  type Gpu,
  type HookName,
  loadModel,
  logitsBound,
  type Model,
  openCheckpoint,
  prepareRun,
  type ReferenceTensor,
  readReferenceWeights,
  referenceForward,
  referenceLogits,
  ulpOf,
} from '../engine/index.ts';
import { nodeFolder } from '../sources/folder.node.ts';
import { type GoldenFolder, readGoldenFolder } from './goldens.ts';

/** One folder's outcome: the JSON that `--json` writes. */
export type ParityRow = {
  readonly name: string;
  readonly supported: boolean;
  readonly ok: boolean;
  readonly ours: number | null; // max |our logits − hf64.logits|
  readonly theirs: number | null; // max |transformers' f32 logits − hf64.logits|
  readonly allowed: number | null;
  readonly bitIdentical: boolean | null; // split = fused at every hook that both have
  readonly firstDeparture: string | null;
  readonly editsOk: boolean | null; // null: interventions are not run yet
  readonly message: string;
};

type Mode = 'fused' | 'split';
type ModeRun = { readonly hooks: readonly HookName[]; readonly activations: ReadonlyMap<HookName, Activation> };

/** Checks one folder. Never throws: what goes wrong is the row's message. */
export async function parityOf(gpu: Gpu, path: string): Promise<ParityRow> {
  const name = path.split(/[\\/]/).at(-1) ?? path;
  const nothing = { ours: null, theirs: null, allowed: null, bitIdentical: null, firstDeparture: null, editsOk: null };
  let checkpoint: Checkpoint;
  try {
    checkpoint = await openCheckpoint(nodeFolder(path));
  } catch (error) {
    return { name, supported: false, ok: false, ...nothing, message: messageOf(error) };
  }
  try {
    const golden = await readGoldenFolder(path);
    const model = await loadModel(gpu, checkpoint);
    try {
      return await compareFolder(model, checkpoint, golden);
    } finally {
      model.destroy();
    }
  } catch (error) {
    return { name, supported: true, ok: false, ...nothing, message: messageOf(error) };
  }
}

async function compareFolder(model: Model, checkpoint: Checkpoint, golden: GoldenFolder): Promise<ParityRow> {
  const fused = await runMode(model, golden.tokenIds, 'fused');
  const split = await runMode(model, golden.tokenIds, 'split');
  const weights = await readReferenceWeights(checkpoint);
  const truths: [Mode, ModeRun, ReadonlyMap<HookName, ReferenceTensor>][] = [];
  let truthLogits: ReferenceTensor | null = null;
  for (const [qkv, run] of [['fused', fused] as const, ['split', split] as const]) {
    const truth = referenceForward({
      config: checkpoint.config,
      weights,
      tokenIds: golden.tokenIds,
      qkv,
      kv: 'broadcast',
    });
    truthLogits ??= referenceLogits(checkpoint.config, truth);
    truths.push([qkv, run, truth]);
  }
  const truth = golden.tensors.get('hf64.logits') ?? truthLogits;
  const theirLogits = golden.tensors.get('hf.logits');
  const ourLogits = fused.activations.get('unembed.hook_out');
  if (!truth || !ourLogits) throw new Error('internal: no logits to compare');
  const ours = largestGap(finalLogits(checkpoint.config, ourLogits.values), truth.values);
  const theirs = theirLogits ? largestGap(theirLogits.values, truth.values) : null;
  const allowed = logitsBound(theirs ?? 0, largest(truth.values));
  const bitIdentical = sameBits(fused, split);
  const allowedUlp = allowed / ulpOf(largest(truth.values));
  const departures = truths
    .map(([qkv, run, exact]) => firstDeparture(qkv, run, exact, golden, allowedUlp))
    .filter((departure) => departure !== null);
  const ok = ours <= allowed && bitIdentical && departures.length === 0;
  return {
    name: golden.name,
    supported: true,
    ok,
    ours,
    theirs,
    allowed,
    bitIdentical,
    firstDeparture: departures[0] ?? null,
    editsOk: null,
    message: ok ? 'ok' : ours > allowed ? `logits are off by ${ours}` : (departures[0] ?? 'split and fused part'),
  };
}

async function runMode(model: Model, tokenIds: readonly number[], qkv: Mode): Promise<ModeRun> {
  const run = await prepareRun({
    model,
    spec: { qkv, kv: 'broadcast', order: { kind: 'canonical' } },
    batch: 1,
    nPos: tokenIds.length,
    capture: 'standard',
    headInputs: 'shared',
  });
  try {
    await run.execute(tokenIds);
    const { hooks } = run.capture;
    const read = await run.capture.read(hooks);
    return { hooks, activations: new Map(hooks.flatMap((hook, at) => (read[at] ? [[hook, read[at]] as const] : []))) };
  } finally {
    run.destroy();
  }
}

/** Words the first hook in running order whose error is beyond its bound; null where none is. */
function firstDeparture(
  qkv: Mode,
  run: ModeRun,
  truth: ReadonlyMap<HookName, ReferenceTensor>,
  golden: GoldenFolder,
  allowedUlp: number,
): string | null {
  for (const hook of run.hooks) {
    const [own, exact] = [run.activations.get(hook), truth.get(hook)];
    if (!own || !exact) continue;
    if (own.values.length !== exact.values.length) return `${qkv}.${hook}: shape ${own.shape} against ${exact.shape}`;
    const recorded = golden.tensors.get(`${qkv}.${hook}`);
    const theirs = recorded ? largestGap(recorded.values, exact.values) : 0;
    const ours = largestGap(own.values, exact.values);
    const allowed = Math.max(4 * theirs, 2 * allowedUlp * ulpOf(largest(exact.values)));
    if (!(ours <= allowed))
      return `${qkv}.${hook}: off by ${ours.toExponential(2)}, allowed ${allowed.toExponential(2)}`;
  }
  return null;
}

function sameBits(fused: ModeRun, split: ModeRun): boolean {
  return fused.hooks.every((hook) => {
    const [a, b] = [fused.activations.get(hook), split.activations.get(hook)];
    return !a || !b || (compareTensors(a, b, { atol: 0, rtol: 0 })?.verdict ?? 'outside') === 'bit-identical';
  });
}

function largestGap(values: ArrayLike<number>, truth: ArrayLike<number>): number {
  let gap = 0;
  for (let i = 0; i < truth.length; i++) {
    const [value, exact] = [values[i] ?? Number.NaN, truth[i] ?? Number.NaN];
    if (value !== exact)
      gap = Math.max(gap, Number.isFinite(value - exact) ? Math.abs(value - exact) : Number.POSITIVE_INFINITY);
  }
  return gap;
}

function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const value = Math.abs(values[i] ?? 0);
    if (Number.isFinite(value)) most = Math.max(most, value);
  }
  return most;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
