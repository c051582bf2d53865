// `parity`: each checkpoint with recorded activations, run fused, split and ungrouped, against the truth in f64, hook by hook in running
// order, and under every recorded intervention (parityEdits.ts).
// Logits pass where our error is at most the larger of twice transformers' own and 16 ULP of the largest. A hook passes where its
// error is at most four times TransformerLens' own there, or, counted in ULP of the hook's largest element, twice what the logits are
// allowed: rounding accumulates along the stream, another implementation may be right by luck at one hook, and what attention or
// the MLP adds may be smaller than the stream whose rounding it carries. Nothing of that excuses a hook's own operation: each is also
// computed in f64 from the run's own inputs, and must lie within the derived bound (localDeparture.ts).
import {
  type Activation,
  type BlockHook,
  type Checkpoint,
  compareTensors,
  finalLogits,
  type Gpu,
  type HookName,
  largest,
  largestGap,
  loadModel,
  logitsBound,
  type Model,
  openCheckpoint,
  parseHookName,
  prepareRun,
  type ReferenceTensor,
  readReferenceWeights,
  referenceForward,
  referenceLogits,
  ulpOf,
} from '../engine/index.ts';
import { nodeFolder } from '../sources/folder.node.ts';
import { type Golden, readGoldenFolder } from './goldens.ts';
import { captureOf, localDeparture } from './localDeparture.ts';
import { type EditsCheck, firstEditDeparture } from './parityEdits.ts';

/** One folder's outcome: the JSON that `--json` writes. */
export type ParityRow = {
  readonly name: string;
  readonly supported: boolean;
  readonly ok: boolean;
  readonly ours: number | null; // max |our logits − hf64.logits|
  readonly theirs: number | null; // max |transformers' f32 logits − hf64.logits|
  readonly allowed: number | null;
  readonly bitIdentical: boolean | null; // split = ungrouped = fused at every hook that they share
  readonly firstDeparture: string | null;
  readonly editsOk: boolean | null; // null: none were recorded
  readonly message: string;
};

/** The modes that were recorded: ungrouped is TransformerLens' word for k and v repeated to n_heads. */
const MODES = [
  { name: 'fused', qkv: 'fused', kv: 'broadcast' },
  { name: 'split', qkv: 'split', kv: 'broadcast' },
  { name: 'ungrouped', qkv: 'split', kv: 'repeat' },
] as const;
type Mode = (typeof MODES)[number];

/**
 * A record of the same hook, in f32, lies within this share of its largest element: some 2¹⁵ ULP, whatever attention amplifies. A hook
 * that means something else is off by a share of 1, and must not widen what is allowed there.
 */
const RECORDED_SHARE = 2 ** -8;
type Weights = Awaited<ReturnType<typeof readReferenceWeights>>;

type ModeRun = {
  readonly mode: Mode;
  readonly hooks: readonly HookName[];
  readonly activations: ReadonlyMap<HookName, Activation>;
  readonly truth: ReadonlyMap<HookName, ReferenceTensor>;
};

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
    const { prompts } = await readGoldenFolder(path);
    const model = await loadModel(gpu, checkpoint);
    try {
      const weights = await readReferenceWeights(checkpoint);
      const rows: ParityRow[] = [];
      for (const golden of prompts)
        rows.push({ name, ...(await comparePrompt({ model, checkpoint, golden, weights })) });
      return worst(rows);
    } finally {
      model.destroy();
    }
  } catch (error) {
    return { name, supported: true, ok: false, ...nothing, message: messageOf(error) };
  }
}

/** A folder is as good as the worst of its prompts: one that fails, else the one that comes nearest to it. */
function worst(rows: readonly ParityRow[]): ParityRow {
  const share = ({ ok, ours, allowed }: ParityRow) => (ok ? (ours ?? 0) / (allowed ?? 1) : Number.POSITIVE_INFINITY);
  const [first] = rows.toSorted((a, b) => share(b) - share(a));
  if (!first) throw new Error('internal: a recording of no prompts');
  return first;
}

type PromptCheck = Omit<EditsCheck, 'theirs'>;

async function comparePrompt(check: PromptCheck): Promise<Omit<ParityRow, 'name'>> {
  const { model, checkpoint, golden, weights } = check;
  const { config } = checkpoint;
  const modes = config.nKeyValueHeads < config.nHeads ? MODES : MODES.slice(0, 2);
  const runs: ModeRun[] = [];
  for (const mode of modes) {
    const { qkv, kv } = mode;
    const truth = referenceForward({ config, weights, tokenIds: golden.tokenIds, qkv, kv });
    runs.push(await runMode(model, golden.tokenIds, mode, truth));
  }
  const [fused, ...others] = runs;
  const ourLogits = fused?.activations.get('unembed.hook_out');
  if (!fused || !ourLogits) throw new Error('internal: no logits to compare');
  const truth = golden.tensors.get('hf64.logits') ?? referenceLogits(config, fused.truth);
  const theirLogits = golden.tensors.get('hf.logits');
  const ours = largestGap(lastRowsOf(finalLogits(config, ourLogits.values), truth), truth.values);
  const theirs = theirLogits ? largestGap(lastRowsOf(theirLogits.values, truth), truth.values) : null;
  const allowed = logitsBound(theirs ?? 0, largest(truth.values));
  const bitIdentical = others.every((other) => sameBits(fused, other));
  const allowedUlp = allowed / ulpOf(largest(truth.values));
  const departures = runs
    .map((run) => firstDeparture(run, { golden, allowedUlp, checkpoint, weights }))
    .filter((found) => found !== null);
  const editDeparture = await firstEditDeparture({ ...check, theirs: theirs ?? 0 });
  const firstFound = departures[0] ?? editDeparture;
  const ok = ours <= allowed && bitIdentical && firstFound === null;
  return {
    supported: true,
    ok,
    ours,
    theirs,
    allowed,
    bitIdentical,
    firstDeparture: departures[0] ?? null,
    editsOk: golden.edits.length === 0 ? null : editDeparture === null,
    message: ok ? 'ok' : ours > allowed ? `logits are off by ${ours}` : (firstFound ?? 'split and fused part'),
  };
}

/** Of logits of all positions, those that were recorded: all, or the last. */
function lastRowsOf<T extends Float64Array | Float32Array>(logits: T, { values }: ReferenceTensor) {
  return logits.subarray(Math.max(0, logits.length - values.length));
}

/** Runs one mode and reads every hook that its twin has, those that are made on request as well. */
async function runMode(
  model: Model,
  tokenIds: readonly number[],
  mode: Mode,
  truth: ReadonlyMap<HookName, ReferenceTensor>,
): Promise<ModeRun> {
  const run = await prepareRun({
    model,
    spec: { qkv: mode.qkv, kv: mode.kv, order: { kind: 'canonical' } },
    batch: 1,
    nPos: tokenIds.length,
    capture: [...truth.keys()],
    headInputs: 'shared',
  });
  try {
    await run.execute(tokenIds);
    const { hooks } = run.capture;
    const read = await run.capture.read(hooks);
    const activations = hooks.flatMap((hook, at) => (read[at] ? [[hook, read[at]] as const] : []));
    return { mode, hooks, activations: new Map(activations), truth };
  } finally {
    run.destroy();
  }
}

type DepartureContext = {
  readonly golden: Golden;
  readonly allowedUlp: number;
  readonly checkpoint: Checkpoint;
  readonly weights: Weights;
};

/** Words the first hook in running order whose error is beyond what is allowed or whose operation is beyond its bound; null: none. */
function firstDeparture(run: ModeRun, { golden, allowedUlp, checkpoint, weights }: DepartureContext): string | null {
  const { name, qkv, kv } = run.mode;
  const { tokenIds } = golden;
  const captured = captureOf(run.activations);
  for (const [hook, exact] of run.truth) {
    const found =
      accumulatedDeparture(hook, exact, run, { golden, allowedUlp }) ??
      localDeparture(hook, { config: checkpoint.config, weights, tokenIds, qkv, kv, captured });
    if (found !== null) return `${name}.${found}`;
  }
  return null;
}

function accumulatedDeparture(
  hook: HookName,
  exact: ReferenceTensor,
  { mode, activations }: ModeRun,
  { golden, allowedUlp }: Pick<DepartureContext, 'golden' | 'allowedUlp'>,
): string | null {
  const own = activations.get(hook);
  if (!own) return `${hook} is missing`;
  if (own.values.length !== exact.values.length) return `${hook}: shape ${own.shape} against ${exact.shape}`;
  const recorded =
    golden.tensors.get(`${mode.name}.${hook}`) ?? (mode.kv === 'repeat' ? undefined : otherwise(golden, hook));
  const theirs = recorded ? largestGap(recorded.values, exact.values) : 0;
  if (theirs > RECORDED_SHARE * largest(exact.values)) return `${hook}: the twin departs from the record by ${theirs}`;
  const ours = largestGap(own.values, exact.values);
  const allowed = Math.max(4 * theirs, 2 * allowedUlp * ulpOf(largest(exact.values)));
  return ours <= allowed ? null : `${hook}: off by ${ours.toExponential(2)}, allowed ${allowed.toExponential(2)}`;
}

/** What transformers calls the hooks of a block, where TransformerLens does not run the model (Mixtral). */
const OF_TRANSFORMERS: Partial<Record<BlockHook, string>> = {
  hook_resid_pre: 'resid_pre',
  'attn.hook_q': 'q_proj',
  'attn.hook_k': 'k_proj',
  'attn.hook_v': 'v_proj',
  'attn.hook_pattern': 'pattern',
  hook_attn_out: 'attn_out',
  hook_mlp_out: 'moe_out',
  hook_resid_post: 'resid_post',
};

/** A hook recorded beside the modes: on request, or by transformers. */
function otherwise({ tensors }: Golden, hook: HookName): ReferenceTensor | undefined {
  const parsed = parseHookName(hook);
  const name = parsed?.kind === 'block' ? OF_TRANSFORMERS[parsed.hook] : undefined;
  const ofTransformers =
    name && parsed?.kind === 'block' ? tensors.get(`hf.layers.${parsed.layer}.${name}`) : undefined;
  return tensors.get(`flags.${hook}`) ?? ofTransformers;
}

function sameBits(fused: ModeRun, split: ModeRun): boolean {
  return fused.hooks.every((hook) => {
    const [a, b] = [fused.activations.get(hook), split.activations.get(hook)];
    return !a || !b || (compareTensors(a, b, { atol: 0, rtol: 0 })?.verdict ?? 'outside') === 'bit-identical';
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
