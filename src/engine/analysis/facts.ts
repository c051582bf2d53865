// Structural facts of a run, checked bit for bit on its captures, on the GPU: what must hold whatever the weights are.
// Copies are checked by the comparison of tensor pairs, rows and masks of patterns by patternFacts.wgsl.
import type { Capture } from '../capture/capture.ts';
import { BufferSlot, type GpuTensor } from '../gpu/gpuTensor.ts';
import type { Dispatch } from '../gpu/plan.ts';
import { Plan } from '../gpu/plan.ts';
import { Readback } from '../gpu/readback.ts';
import { type BlockHook, blockHook, type HookName, parseHookName } from '../hooks/hookName.ts';
import { patternFacts } from '../kernels/patternFacts.ts';
import { f32OfBits } from '../tensor/bits.ts';
import type { ComparisonSummary, StructuralFact } from './comparison.ts';
import { type Pair, PreparedComparison } from './preparedComparison.ts';

export type FactMode = {
  readonly split: boolean;
  readonly repeated: boolean;
  readonly nKeyValueHeads: number;
  readonly edited?: ReadonlySet<HookName>; // by interventions: what they made there is no fact of the model
};

/** A pattern's row sum errs by at most one rounding a term and the division's: (n + 3)·2⁻²⁴. */
const rowSumBound = (nKeys: number): number => (nKeys + 3) * 2 ** -24;

/** Checks a run's captures once; which facts there are depends on the mode it ran in. */
export async function structuralFacts(run: Capture, mode: FactMode): Promise<StructuralFact[]> {
  const prepared = await PreparedFacts.make(run, mode);
  try {
    return await prepared.check();
  } finally {
    prepared.destroy();
  }
}

/** The facts of one run's captures, ready to be checked again and again. The captures must outlive it. */
export class PreparedFacts {
  readonly run: Capture;
  readonly #layers: number;
  readonly #inputs: PreparedComparison | null; // null: a fused run has no such inputs
  readonly #copies: PreparedComparison | null; // null: nothing is repeated
  readonly #patterns: PatternCheck;

  private constructor(run: Capture, parts: Parts) {
    this.run = run;
    this.#layers = parts.layers;
    this.#inputs = parts.inputs;
    this.#copies = parts.copies;
    this.#patterns = parts.patterns;
  }

  /** Plans the checks that this mode has. Whoever made it frees it by `destroy`. */
  static async make(run: Capture, mode: FactMode): Promise<PreparedFacts> {
    const layers = layersOf(run);
    const unless = (...hooks: BlockHook[]) =>
      layers.filter((layer) => !hooks.some((hook) => mode.edited?.has(blockHook(layer, hook))));
    const split = unless('hook_q_input', 'hook_k_input', 'hook_v_input');
    const repeated = unless('hook_attn_in', 'hook_k_input', 'hook_v_input', 'attn.hook_k', 'attn.hook_v');
    const pairs = copyPairs(run, repeated, mode.nKeyValueHeads);
    return new PreparedFacts(run, {
      layers: layers.length,
      inputs: mode.split ? await PreparedComparison.make(run.gpu, inputPairs(run, split)) : null,
      copies: mode.repeated ? await PreparedComparison.make(run.gpu, pairs) : null,
      patterns: await PatternCheck.make(run, layers, mode.edited ?? new Set()),
    });
  }

  /** Checks what the captures hold now. */
  async check(): Promise<StructuralFact[]> {
    const facts = await this.#patterns.check();
    if (this.#inputs) facts.unshift(await this.#copied('split-inputs-are-resid-pre', this.#inputs));
    if (this.#copies) facts.push(await this.#copied('repeat-kv-is-copy', this.#copies));
    return facts;
  }

  destroy(): void {
    for (const part of [this.#inputs, this.#copies, this.#patterns]) part?.destroy();
  }

  async #copied(
    id: 'split-inputs-are-resid-pre' | 'repeat-kv-is-copy',
    comparison: PreparedComparison,
  ): Promise<StructuralFact> {
    const differing = differingElements(await comparison.run({ atol: 0, rtol: 0 }));
    const what = {
      'split-inputs-are-resid-pre': `q, k and v inputs of ${this.#layers} blocks differ from hook_resid_pre in`,
      'repeat-kv-is-copy': `k and v of ${this.#layers} blocks differ from the first head of each group in`,
    }[id];
    return { id, holds: differing === 0, detail: `${what} ${differing} elements` };
  }
}

type Parts = {
  readonly layers: number;
  readonly inputs: PreparedComparison | null;
  readonly copies: PreparedComparison | null;
  readonly patterns: PatternCheck;
};

function differingElements(summaries: readonly ComparisonSummary[]): number {
  return summaries.reduce((sum, { n, bitEqual }) => sum + n - bitEqual, 0);
}

function layersOf(run: Capture): number[] {
  const layers = run.hooks.map(parseHookName).flatMap((hook) => (hook?.kind === 'block' ? [hook.layer] : []));
  return [...new Set(layers)];
}

function inputPairs(run: Capture, layers: readonly number[]): Pair[] {
  const inputs: readonly BlockHook[] = ['hook_q_input', 'hook_k_input', 'hook_v_input'];
  return layers.flatMap((layer) =>
    inputs.flatMap((hook) => {
      const [stream, input] = [run.tensor(blockHook(layer, 'hook_resid_pre')), run.tensor(blockHook(layer, hook))];
      return stream && input ? [{ label: blockHook(layer, hook), a: stream, b: input }] : [];
    }),
  );
}

/** k and v of every head, each beside the first head of its group: [pos, kv_heads, repeats, d_head]. */
function copyPairs(run: Capture, layers: readonly number[], nKeyValueHeads: number): Pair[] {
  const hooks: readonly BlockHook[] = ['attn.hook_k', 'attn.hook_v'];
  return layers.flatMap((layer) =>
    hooks.flatMap((hook) => {
      const tensor = run.tensor(blockHook(layer, hook));
      if (!tensor) return [];
      return [
        { label: blockHook(layer, hook), a: grouped(tensor, nKeyValueHeads, 0), b: grouped(tensor, nKeyValueHeads, 1) },
      ];
    }),
  );
}

/** [pos, n_heads, d_head] as [pos, kv_heads, repeats, d_head]; `step` 0: each group's first head throughout. */
function grouped(tensor: GpuTensor, nKeyValueHeads: number, step: 0 | 1): GpuTensor {
  const [nPos = 0, nHeads = 0, dHead = 0] = tensor.shape;
  const [row = 0, head = 0, element = 1] = tensor.strides;
  const repeats = nHeads / nKeyValueHeads;
  const shape = [nPos, nKeyValueHeads, repeats, dHead];
  return { ...tensor, shape, strides: [row, head * repeats, head * step, element] };
}

/** Rows that sum to one, and masked keys that are exactly zero, in every layer whose scores and pattern were captured. */
class PatternCheck {
  readonly #run: Capture;
  readonly #plan: Plan;
  readonly #readback: Readback;
  readonly #heads: number;
  readonly #nPos: number;

  private constructor(run: Capture, plan: Plan, readback: Readback, heads: number, nPos: number) {
    this.#run = run;
    this.#plan = plan;
    this.#readback = readback;
    this.#heads = heads;
    this.#nPos = nPos;
  }

  static async make(run: Capture, layers: readonly number[], edited: ReadonlySet<HookName>): Promise<PatternCheck> {
    const { gpu } = run;
    const found = layers.flatMap((layer) => {
      const scores = run.tensor(blockHook(layer, 'attn.hook_attn_scores'));
      const pattern = run.tensor(blockHook(layer, 'attn.hook_pattern'));
      const isEdited =
        edited.has(blockHook(layer, 'attn.hook_attn_scores')) || edited.has(blockHook(layer, 'attn.hook_pattern'));
      return scores && pattern && !isEdited ? [{ scores, pattern }] : [];
    });
    const [nHeads = 0, nPos = 0] = found[0]?.pattern.shape ?? [];
    const heads = found.length * nHeads;
    const facts = new BufferSlot('pattern facts', heads * 16);
    const lanes = gpu.adapter.isSoftware ? 4 : 64;
    const dispatches = found.map(
      ({ scores, pattern }, at): Dispatch =>
        patternFacts({
          label: pattern.label,
          scores: scores.slot,
          pattern: pattern.slot,
          facts,
          nHeads,
          nPos,
          firstHead: at * nHeads,
          lanes,
        }),
    );
    const plan = await Plan.make(gpu, dispatches, [facts]);
    const words = { label: facts.label, slot: facts, shape: [heads, 4], strides: [4, 1], offset: 0 };
    return new PatternCheck(run, plan, await Readback.make(gpu, [words]), heads, nPos);
  }

  async check(): Promise<StructuralFact[]> {
    if (this.#heads === 0) return []; // no pattern was kept: nothing was seen, nothing is claimed
    const { gpu } = this.#run;
    const encoder = gpu.device.createCommandEncoder({ label: 'pattern facts' });
    this.#plan.encode(encoder);
    this.#readback.encode(encoder);
    gpu.device.queue.submit([encoder.finish()]);
    gpu.counters.submits += 1;
    const [read] = await this.#readback.read();
    const words = read ? new Uint32Array(read.buffer, read.byteOffset, read.length) : new Uint32Array();
    let [worst, masked, wrong] = [0, 0, 0];
    for (let at = 0; at < words.length; at += 4) {
      worst = Math.max(worst, f32OfBits(words[at] ?? 0));
      masked += words[at + 1] ?? 0;
      wrong += words[at + 2] ?? 0;
    }
    const rows = this.#heads * this.#nPos;
    return [
      {
        id: 'rows-sum-to-one',
        holds: worst <= rowSumBound(this.#nPos),
        detail: `largest |row sum − 1| is ${worst.toExponential(1)} over ${rows} rows`,
      },
      {
        id: 'masked-keys-are-zero',
        holds: wrong === 0,
        detail: `${wrong} of ${masked} masked keys have a pattern that is not exactly 0`,
      },
    ];
  }

  destroy(): void {
    this.#plan.destroy();
    this.#readback.destroy();
  }
}
