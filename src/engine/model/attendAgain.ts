// Makes one head's scores and pattern again from what a run kept of it, q and k after rotary. A long prompt's patterns are not kept: they
// grow with its square, and a reader looks at one head at a time. The kernels are the run's own, and each of their elements depends on its
// own row of q and row of k alone, so that what they make here has the very bits that it had in the run.
import { Capture } from '../capture/capture.ts';
import type { Captured } from '../capture/captured.ts';
import { alibiSlopes } from '../checkpoint/alibiSlopes.ts';
import type { ModelConfig } from '../checkpoint/modelConfig.ts';
import { BufferSlot, type GpuTensor, sliceOf } from '../gpu/gpuTensor.ts';
import type { Upload } from '../gpu/paper.ts';
import type { Dispatch } from '../gpu/plan.ts';
import { blockHook } from '../hooks/hookName.ts';
import { type AttentionShape, attnScores, softmax, softmaxOnline } from '../kernels/attention.ts';
import { chooseAttentionPlan } from '../kernels/attentionPlan.ts';
import { NATIVE_F32, withNumerics } from '../kernels/numerics.ts';
import { chooseRowPlan } from '../kernels/rowPlan.ts';
import type { ForwardSpec } from './runContext.ts';

/** A finished run whose interventions edited neither scores nor pattern of the layers asked for. */
export type FinishedRun = {
  readonly config: ModelConfig;
  readonly spec: ForwardSpec | null; // null: another engine's, of which nothing is made again
  readonly capture: Captured;
};

/** Tells whether a layer's patterns can be made again: where nothing turns q and k after they are normalised, no hook shows them so. */
export function isRemakeable(config: Pick<ModelConfig, 'rotary' | 'qkNorm'>, layer: number): boolean {
  return !config.qkNorm || (config.rotary[layer] ?? null) !== null;
}

/** Memory for one head at a time, to be allocated by a plan: scores and pattern [n_pos, n_pos], and ALiBi's slope of each head. */
export class HeadScratch {
  readonly nPos: number;
  readonly scores: GpuTensor;
  readonly pattern: GpuTensor;
  readonly #slopes: readonly BufferSlot[];
  readonly #none = new BufferSlot('none', 16);
  readonly #values: Float64Array;

  constructor({ nHeads, positional }: Pick<ModelConfig, 'nHeads' | 'positional'>, nPos: number) {
    this.nPos = nPos;
    this.scores = square('scores of one head', nPos);
    this.pattern = square('pattern of one head', nPos);
    this.#values = positional === 'alibi' ? alibiSlopes(nHeads) : new Float64Array();
    this.#slopes = Array.from(this.#values, (_, head) => new BufferSlot(`alibi slope of head ${head}`, 4));
  }

  get slots(): readonly BufferSlot[] {
    return [this.scores.slot, this.pattern.slot, this.#none, ...this.#slopes];
  }

  /** The slope of a head, and whether there is one. */
  slope(head: number): { readonly slot: BufferSlot; readonly present: boolean } {
    const slot = this.#slopes[head];
    return { slot: slot ?? this.#none, present: slot !== undefined };
  }

  /** The slopes, to be written once allocated. */
  get uploads(): readonly Upload[] {
    return this.#slopes.map((slot, head) => [slot, Float32Array.of(this.#values[head] ?? 0)]);
  }
}

/** The dispatches that make a head's scores and pattern; none where the run did not keep what they are made of. */
export function attendAgain(run: FinishedRun, layer: number, head: number, scratch: HeadScratch): Dispatch[] {
  const { config, spec, capture } = run;
  if (!(capture instanceof Capture) || !spec || !isRemakeable(config, layer)) return [];
  const turned = config.rotary[layer] ? 'attn.hook_rot_' : 'attn.hook_';
  const [q, k] = (['q', 'k'] as const).map((part) => capture.tensor(blockHook(layer, `${turned}${part}`)));
  if (!q || !k) return [];
  const kept = (tensor: GpuTensor) => {
    const heads = tensor.shape[1] ?? 1; // kv heads, or all where repeat_kv was materialised
    return sliceOf(tensor, 1, Math.floor((head * heads) / config.nHeads));
  };
  const shape: AttentionShape = {
    batch: 1,
    nPos: scratch.nPos,
    nHeads: 1,
    repeats: 1,
    dHead: config.dHead,
    window: config.windows[layer] ?? null,
  };
  const [ofQ, ofK] = [kept(q), kept(k)];
  const scored = attnScores({
    ...shape,
    plan: chooseAttentionPlan(capture.gpu.adapter, shape),
    q: ofQ,
    qRowStride: ofQ.strides[0] ?? 0,
    k: ofK,
    kRowStride: ofK.strides[0] ?? 0,
    scores: scratch.scores,
    scale: config.attnScales[layer] ?? Number.NaN,
    softCap: config.attnSoftCap,
    alibiSlopes: scratch.slope(head),
  });
  const weighed = (spec.softmax === 'online' ? softmaxOnline : softmax)({
    ...shape,
    scores: scratch.scores,
    pattern: scratch.pattern,
    plan: chooseRowPlan(capture.gpu.adapter, shape.nPos),
  });
  return [scored, weighed].map((dispatch) => withNumerics(dispatch, spec.numerics ?? NATIVE_F32));
}

function square(label: string, nPos: number): GpuTensor {
  const slot = new BufferSlot(label, 4 * nPos * nPos);
  return { label, slot, shape: [nPos, nPos], strides: [nPos, 1], offset: 0 };
}
