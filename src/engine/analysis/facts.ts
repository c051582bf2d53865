// Structural facts of a run, checked bit for bit on its captures: what must hold whatever the weights are.
import type { Activation, Capture } from '../capture/capture.ts';
import { type BlockHook, blockHook, type HookName, parseHookName } from '../hooks/hookName.ts';
import { align } from './align.ts';
import type { StructuralFact } from './comparison.ts';

/** A pattern's row sum errs by at most one rounding a term and the division's: (n + 3)·2⁻²⁴. */
const rowSumBound = (nKeys: number): number => (nKeys + 3) * 2 ** -24;

export type FactMode = {
  readonly split: boolean;
  readonly repeated: boolean;
  readonly nKeyValueHeads: number;
  readonly edited?: ReadonlySet<HookName>; // by interventions: what they made there is no fact of the model
};

/** Checks a run's captures; which facts there are depends on the mode it ran in. */
export async function structuralFacts(run: Capture, mode: FactMode): Promise<StructuralFact[]> {
  const layers = layersOf(run);
  const unless = (...hooks: BlockHook[]) =>
    layers.filter((layer) => !hooks.some((hook) => mode.edited?.has(blockHook(layer, hook))));
  const facts = [
    await rowsSumToOne(run, unless('attn.hook_pattern')),
    await maskedKeysAreZero(run, unless('attn.hook_attn_scores', 'attn.hook_pattern')),
  ];
  if (mode.split) facts.unshift(await inputsAreResidPre(run, unless('hook_q_input', 'hook_k_input', 'hook_v_input')));
  const keysAndValues = ['hook_attn_in', 'hook_k_input', 'hook_v_input', 'attn.hook_k', 'attn.hook_v'] as const;
  if (mode.repeated) facts.push(await repeatIsCopy(run, unless(...keysAndValues), mode.nKeyValueHeads));
  return facts;
}

function layersOf(run: Capture): number[] {
  const layers = run.hooks.map(parseHookName).flatMap((hook) => (hook?.kind === 'block' ? [hook.layer] : []));
  return [...new Set(layers)];
}

async function readLayers(run: Capture, layers: readonly number[], hook: BlockHook): Promise<Activation[]> {
  return run.read(layers.map((layer) => blockHook(layer, hook)).filter((name) => run.tensor(name)));
}

async function inputsAreResidPre(run: Capture, layers: readonly number[]): Promise<StructuralFact> {
  const streams = await readLayers(run, layers, 'hook_resid_pre');
  let differing = 0;
  for (const hook of ['hook_q_input', 'hook_k_input', 'hook_v_input'] as const) {
    const inputs = await readLayers(run, layers, hook);
    inputs.forEach((input, at) => {
      const stream = streams[at];
      if (stream) differing += differingBits(stream, input);
    });
  }
  return {
    id: 'split-inputs-are-resid-pre',
    holds: differing === 0,
    detail: `q, k and v inputs of ${layers.length} blocks differ from hook_resid_pre in ${differing} elements`,
  };
}

async function repeatIsCopy(run: Capture, layers: readonly number[], nKeyValueHeads: number): Promise<StructuralFact> {
  let differing = 0;
  for (const hook of ['attn.hook_k', 'attn.hook_v'] as const) {
    for (const activation of await readLayers(run, layers, hook))
      differing += headsThatDiffer(activation, nKeyValueHeads);
  }
  return {
    id: 'repeat-kv-is-copy',
    holds: differing === 0,
    detail: `${differing} heads of k and v differ from the first head of their group, in ${layers.length} blocks`,
  };
}

/** Counts rows of heads whose bits are not those of their group's first head: [pos, n_heads, d_head]. */
function headsThatDiffer({ shape, values }: Activation, nKeyValueHeads: number): number {
  const [heads, width] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
  const repeats = heads / nKeyValueHeads;
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  let differing = 0;
  for (let row = 0; row * width < bits.length; row++) {
    const head = row % heads;
    const first = (row - head + Math.floor(head / repeats) * repeats) * width;
    const same = bits.subarray(row * width, (row + 1) * width).every((word, i) => word === bits[first + i]);
    if (!same) differing += 1;
  }
  return differing;
}

async function rowsSumToOne(run: Capture, layers: readonly number[]): Promise<StructuralFact> {
  let [rows, worst, nKeys] = [0, 0, 0];
  for (const { shape, values } of await readLayers(run, layers, 'attn.hook_pattern')) {
    nKeys = shape.at(-1) ?? 0;
    for (let at = 0; at < values.length; at += nKeys) {
      let sum = 0;
      for (let key = 0; key < nKeys; key++) sum += values[at + key] ?? 0;
      worst = Math.max(worst, Math.abs(sum - 1));
      rows += 1;
    }
  }
  return {
    id: 'rows-sum-to-one',
    holds: worst <= rowSumBound(nKeys),
    detail: `largest |row sum − 1| is ${worst.toExponential(1)} over ${rows} rows`,
  };
}

async function maskedKeysAreZero(run: Capture, layers: readonly number[]): Promise<StructuralFact> {
  const scores = await readLayers(run, layers, 'attn.hook_attn_scores');
  const patterns = await readLayers(run, layers, 'attn.hook_pattern');
  let [masked, wrong] = [0, 0];
  patterns.forEach(({ values }, at) => {
    values.forEach((probability, i) => {
      if (scores[at]?.values[i] !== Number.NEGATIVE_INFINITY) return;
      masked += 1;
      if (!Object.is(probability, 0)) wrong += 1;
    });
  });
  return {
    id: 'masked-keys-are-zero',
    holds: wrong === 0,
    detail: `${wrong} of ${masked} masked keys have a pattern that is not exactly 0`,
  };
}

function differingBits(a: Activation, b: Activation): number {
  const pair = align(a, b);
  if (!pair) return a.values.length;
  const bits = (values: Float32Array) => new Uint32Array(values.buffer, values.byteOffset, values.length);
  const [left, right] = [bits(pair.a), bits(pair.b)];
  return left.reduce((count, word, i) => count + (word === right[i] ? 0 : 1), 0);
}
