// Plans where each tensor of a checkpoint goes on the GPU: buffers with their bytes known, and which views fill them. Where blocks
// are streamed, they take turns at a few sets of buffers: blocks L and L + sets have the same ones.
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { BlockWeights, MlpWeights, NormWeights, WeightView } from '../checkpoint/weights.ts';
import { BufferSlot } from '../gpu/gpuTensor.ts';
import { PANEL_COLUMNS, type PanelMatrix, panelBytes, panelsPerGroup } from '../kernels/gpuWeight.ts';
import type { WeightDtype } from '../tensor/dtype.ts';
import type { GpuBlock, GpuLinear, GpuMlp, GpuMoe, GpuNorm, GpuVector, GpuWeights } from './gpuWeights.ts';

/** One view of the checkpoint and the panels that it fills. */
export type MatrixUpload = { readonly layer: number | null; readonly view: WeightView; readonly target: PanelMatrix };

export type UploadOptions = {
  readonly partBytes: number; // of a part of a table, at most
  readonly sets: number | null; // of block buffers that streamed blocks take turns at; null: every block has its own
};

/** One vector and where it goes: `groupColumns` elements, then up to a panel's end, and so on. */
export type VectorUpload = {
  readonly layer: number | null; // the block that it belongs to
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
  readonly #slots = new Map<string, BufferSlot>();
  readonly #checkpoint: Checkpoint;
  readonly #options: UploadOptions;
  readonly #none: BufferSlot;

  constructor(checkpoint: Checkpoint, options: UploadOptions) {
    this.#checkpoint = checkpoint;
    this.#options = options;
    this.#none = this.#slot('none', 16);
  }

  /** Every buffer of the weights, each once. */
  get slots(): BufferSlot[] {
    return [...this.#slots.values()];
  }

  get byteLength(): number {
    return this.slots.reduce((sum, slot) => sum + slot.byteLength, 0);
  }

  /** Plans all weights of the model. Throws where an architecture needs what the forward pass does not do yet. */
  weights(): GpuWeights {
    const { weights, config } = this.#checkpoint;
    const W_E = this.#table('W_E', weights.W_E);
    const W_U = weights.W_U === weights.W_E ? W_E : this.#table('W_U', weights.W_U);
    return {
      W_E,
      projectIn: weights.projectIn && this.#linear('embed', 'project_in', weights.projectIn, null),
      projectOut: weights.projectOut && this.#linear('unembed', 'project_out', weights.projectOut, null),
      W_pos: weights.W_pos && this.#table('W_pos', weights.W_pos),
      lnEmbed: this.#norm('embed.ln', weights.lnEmbed),
      blocks: weights.blocks.map((block, layer) => this.#block(`blocks.${layer}`, block)),
      lnFinal: config.finalNorm ? this.#norm('ln_final', weights.lnFinal) : null,
      unembed: this.#unembed(W_U, weights.b_U),
    };
  }

  /** A table in as many parts as its bytes need, each of whole panels. */
  #table(label: string, view: WeightView): PanelMatrix[] {
    const columnBytes = panelBytes(view.rows, 1, PANEL_COLUMNS, this.#dtype(view)) / PANEL_COLUMNS;
    const mostColumns =
      Math.max(1, Math.floor(this.#options.partBytes / (columnBytes * PANEL_COLUMNS))) * PANEL_COLUMNS;
    if (view.columns <= mostColumns) return [this.#matrix(label, [view], 1)];
    return parts(view, mostColumns).map((part, at) => this.#matrix(`${label}.${at}`, [part], 1));
  }

  #unembed(W_U: readonly PanelMatrix[], b_U: WeightView | null): GpuLinear[] {
    const biases = b_U ? parts(b_U, W_U[0]?.groupColumns ?? b_U.columns) : [];
    return W_U.map((W, at) => ({ W, b: this.#bias(`b_U.${at}`, [biases[at] ?? null], [1], W.groupColumns) }));
  }

  #block(name: string, block: BlockWeights<WeightView>): GpuBlock {
    const { nHeads, nKeyValueHeads } = this.#checkpoint.config;
    const heads = [nHeads, nKeyValueHeads, nKeyValueHeads];
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
      mlp: this.#mlpOrExperts(`${name}.mlp`, block),
      ln2Post: this.#norm(`${name}.ln2_post`, block.ln2Post),
    };
  }

  #mlpOrExperts(name: string, { mlp, experts }: BlockWeights<WeightView>): GpuMlp | GpuMoe {
    if (mlp) return this.#mlp(name, mlp);
    if (!experts) throw new Error(`internal: ${name} is neither an MLP nor experts`);
    return {
      router: this.#linear(name, 'router', experts.W_gate, null),
      experts: experts.experts.map((expert, at) => this.#mlp(`${name}.experts.${at}`, expert)),
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
    const slot = this.#slot(label, panelBytes(first.rows, groups, groupColumns, dtype));
    const matrix: PanelMatrix = { slot, dtype, rows: first.rows, groups, groupColumns, firstGroup: 0 };
    let firstGroup = 0;
    views.forEach((view, at) => {
      this.matrices.push({ layer: layerOf(label), view, target: { ...matrix, firstGroup, groups: counts[at] ?? 1 } });
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
    const slot = this.#slot(label, groups * panelsPerGroup(groupColumns) * PANEL_COLUMNS * 4);
    let firstGroup = 0;
    views.forEach((view, at) => {
      if (view) this.vectors.push({ layer: layerOf(label), view, slot, firstGroup, groupColumns, padded: true });
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
    const slot = this.#slot(label, view.columns * 4);
    this.vectors.push({ layer: layerOf(label), view, slot, firstGroup: 0, groupColumns: view.columns, padded: false });
    return { slot, present: true };
  }

  /** A buffer of its own, or the one that an earlier block of the same turn and size has: layers may differ in dtype. */
  #slot(label: string, byteLength: number): BufferSlot {
    const { sets } = this.#options;
    const turn = sets === null ? label : label.replace(/^blocks\.(\d+)\./, (_, layer) => `blocks.${layer % sets}.`);
    const slot = new BufferSlot(turn, byteLength);
    const key = `${turn} ${slot.byteLength}`;
    const shared = this.#slots.get(key);
    if (shared) return shared;
    this.#slots.set(key, slot);
    return slot;
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

/** A view's columns in runs of at most `mostColumns`. */
function parts(view: WeightView, mostColumns: number): WeightView[] {
  if (view.columnsPerGroup !== view.columns) throw new Error(`internal: ${view.tensor} is a table of grouped columns`);
  return Array.from({ length: Math.ceil(view.columns / mostColumns) }, (_, at) => {
    const first = at * mostColumns;
    const columns = Math.min(mostColumns, view.columns - first);
    return { ...view, columns, columnsPerGroup: columns, offset: view.offset + first * view.columnStride };
  });
}

/** The layer of blocks.L.…; null for what belongs to no block. */
function layerOf(label: string): number | null {
  const layer = /^blocks\.(\d+)\./.exec(label)?.[1];
  return layer === undefined ? null : Number(layer);
}
