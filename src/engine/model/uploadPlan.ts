// Plans where each tensor of a checkpoint goes on the GPU: buffers with their bytes known, and which views fill them.
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { BlockWeights, MlpWeights, NormWeights, WeightView } from '../checkpoint/weights.ts';
import { BufferSlot } from '../gpu/gpuTensor.ts';
import { PANEL_COLUMNS, type PanelMatrix, panelBytes, panelsPerGroup } from '../kernels/gpuWeight.ts';
import type { WeightDtype } from '../tensor/dtype.ts';
import type { GpuBlock, GpuLinear, GpuMlp, GpuNorm, GpuVector, GpuWeights } from './gpuWeights.ts';

/** One view of the checkpoint and the panels that it fills. */
export type MatrixUpload = { readonly view: WeightView; readonly target: PanelMatrix };

/** One vector and where it goes: `groupColumns` elements, then up to a panel's end, and so on. */
export type VectorUpload = {
  readonly view: WeightView;
  readonly slot: BufferSlot;
  readonly firstGroup: number;
  readonly groupColumns: number;
  readonly padded: boolean; // in panel order; norms are not
};

/** Gathers uploads while the weights' places are decided. */
export class UploadPlan {
  readonly matrices: MatrixUpload[] = [];
  readonly vectors: VectorUpload[] = [];
  readonly slots: BufferSlot[] = [];
  readonly #checkpoint: Checkpoint;
  readonly #none = new BufferSlot('none', 16);

  constructor(checkpoint: Checkpoint) {
    this.#checkpoint = checkpoint;
    this.slots.push(this.#none);
  }

  /** Plans all weights of the model. Throws where an architecture needs what the forward pass does not do yet. */
  weights(): GpuWeights {
    const { weights, config } = this.#checkpoint;
    const W_E = this.#matrix('W_E', [weights.W_E], 1);
    const tied = weights.W_U === weights.W_E;
    const W_U = tied ? W_E : this.#matrix('W_U', [weights.W_U], 1);
    return {
      W_E,
      W_pos: weights.W_pos && this.#matrix('W_pos', [weights.W_pos], 1),
      lnEmbed: this.#norm('embed.ln', weights.lnEmbed),
      blocks: weights.blocks.map((block, layer) => this.#block(`blocks.${layer}`, block)),
      lnFinal: config.finalNorm ? this.#norm('ln_final', weights.lnFinal) : null,
      unembed: { W: W_U, b: this.#bias('b_U', [weights.b_U], [1], config.dVocab) },
    };
  }

  #block(name: string, block: BlockWeights<WeightView>): GpuBlock {
    const { nHeads, nKeyValueHeads } = this.#checkpoint.config;
    const heads = [nHeads, nKeyValueHeads, nKeyValueHeads];
    const { mlp } = block;
    if (!mlp) throw new Error(`internal: ${name} has experts, which this forward pass does not run`);
    return {
      ln1: this.#requiredNorm(`${name}.ln1`, block.ln1),
      qkv: {
        W: this.#matrix(`${name}.attn.W_QKV`, [block.W_Q, block.W_K, block.W_V], heads),
        b: this.#bias(`${name}.attn.b_QKV`, [block.b_Q, block.b_K, block.b_V], heads, this.#checkpoint.config.dHead),
      },
      qNorm: this.#norm(`${name}.attn.q_norm`, block.qNorm),
      kNorm: this.#norm(`${name}.attn.k_norm`, block.kNorm),
      o: this.#linear(`${name}.attn`, 'O', block.W_O, block.b_O),
      ln1Post: this.#norm(`${name}.ln1_post`, block.ln1Post),
      ln2: this.#norm(`${name}.ln2`, block.ln2),
      mlp: this.#mlp(`${name}.mlp`, mlp),
      ln2Post: this.#norm(`${name}.ln2_post`, block.ln2Post),
    };
  }

  #mlp(name: string, mlp: MlpWeights<WeightView>): GpuMlp {
    return {
      gate: mlp.W_gate && this.#linear(name, 'gate', mlp.W_gate, mlp.b_gate),
      in: this.#linear(name, 'in', mlp.W_in, mlp.b_in),
      out: this.#linear(name, 'out', mlp.W_out, mlp.b_out),
    };
  }

  #linear(name: string, part: string, W: WeightView, b: WeightView | null): GpuLinear {
    return { W: this.#matrix(`${name}.W_${part}`, [W], 1), b: this.#bias(`${name}.b_${part}`, [b], [1], W.columns) };
  }

  /** Lays views side by side; each is cut into its number of groups. Different dtypes side by side are widened to f32. */
  #matrix(label: string, views: readonly WeightView[], groupsOfEach: number | readonly number[]): PanelMatrix {
    const counts = views.map((_, at) => (typeof groupsOfEach === 'number' ? groupsOfEach : (groupsOfEach[at] ?? 1)));
    const first = views[0];
    if (!first) throw new Error(`internal: ${label} has no views`);
    const dtypes = new Set(views.map((view) => this.#dtype(view)));
    const dtype = dtypes.size === 1 ? this.#dtype(first) : 'f32';
    const groups = counts.reduce((sum, count) => sum + count, 0);
    const groupColumns = first.columns / (counts[0] ?? 1);
    const slot = new BufferSlot(label, panelBytes(first.rows, groups, groupColumns, dtype));
    this.slots.push(slot);
    const matrix: PanelMatrix = { slot, dtype, rows: first.rows, groups, groupColumns, firstGroup: 0 };
    let firstGroup = 0;
    views.forEach((view, at) => {
      this.matrices.push({ view, target: { ...matrix, firstGroup, groups: counts[at] ?? 1 } });
      firstGroup += counts[at] ?? 1;
    });
    return matrix;
  }

  #bias(
    label: string,
    views: readonly (WeightView | null)[],
    groupsOfEach: readonly number[],
    groupColumns: number,
  ): GpuVector {
    if (views.every((view) => view === null)) return this.#absent();
    const groups = groupsOfEach.reduce((sum, count) => sum + count, 0);
    const slot = new BufferSlot(label, groups * panelsPerGroup(groupColumns) * PANEL_COLUMNS * 4);
    this.slots.push(slot);
    let firstGroup = 0;
    views.forEach((view, at) => {
      if (view) this.vectors.push({ view, slot, firstGroup, groupColumns, padded: true });
      firstGroup += groupsOfEach[at] ?? 1;
    });
    return { slot, present: true };
  }

  #norm(label: string, norm: NormWeights<WeightView> | null): GpuNorm | null {
    return norm && this.#requiredNorm(label, norm);
  }

  #requiredNorm(label: string, norm: NormWeights<WeightView>): GpuNorm {
    return { w: this.#vector(`${label}.w`, norm.w), b: norm.b ? this.#vector(`${label}.b`, norm.b) : this.#absent() };
  }

  #vector(label: string, view: WeightView): GpuVector {
    const slot = new BufferSlot(label, view.columns * 4);
    this.slots.push(slot);
    this.vectors.push({ view, slot, firstGroup: 0, groupColumns: view.columns, padded: false });
    return { slot, present: true };
  }

  #absent(): GpuVector {
    return { slot: this.#none, present: false };
  }

  #dtype(view: WeightView): WeightDtype {
    const entry = this.#checkpoint.tensors.get(view.tensor);
    if (!entry) throw new Error(`internal: ${view.tensor} is not in the checkpoint`);
    return entry.dtype;
  }
}
