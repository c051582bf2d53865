// The weights of a model on the GPU: W_Q, W_K and W_V side by side in one matrix, everything else as `checkpoint/weights.ts` names it.
// A table of a large vocabulary is cut into parts, side by side, since a binding holds only so many bytes.
import type { BufferSlot } from '../gpu/gpuTensor.ts';
import type { PanelMatrix } from '../kernels/gpuWeight.ts';

/** A bias in its matrix' panel order, or a norm's weight: f32. Where there is none, `slot` is a placeholder to bind. */
export type GpuVector = { readonly slot: BufferSlot; readonly present: boolean };

export type GpuNorm = { readonly w: GpuVector; readonly b: GpuVector };

/** A weight with its bias: y = x·W + b. */
export type GpuLinear = { readonly W: PanelMatrix; readonly b: GpuVector };

export type GpuMlp = {
  readonly gate: GpuLinear | null; // W_gate [d_model, d_mlp]
  readonly in: GpuLinear; // W_in [d_model, d_mlp]
  readonly out: GpuLinear; // W_out [d_mlp, d_model]
};

/** A mixture of experts: the router scores them, W_router [d_model, n_experts]. */
export type GpuMoe = { readonly router: GpuLinear; readonly experts: readonly GpuMlp[] };

export type GpuBlock = {
  readonly ln1: GpuNorm;
  readonly qkv: GpuLinear; // [d_model, (n_heads + 2·n_key_value_heads) · d_head], a group a head
  readonly qNorm: GpuNorm | null; // [d_head]
  readonly kNorm: GpuNorm | null;
  readonly o: GpuLinear; // W_O [n_heads · d_head, d_model]
  readonly ln1Post: GpuNorm | null;
  readonly ln2: GpuNorm | null;
  readonly mlp: GpuMlp | GpuMoe;
  readonly ln2Post: GpuNorm | null;
};

/** A matrix with a column a token (or position), in parts of consecutive columns: [d_model, d_vocab]. */
export type GpuTable = readonly PanelMatrix[];

export type GpuWeights = {
  readonly W_E: GpuTable;
  readonly projectIn: GpuLinear | null; // [embed_width, d_model]; null where these are equal
  readonly projectOut: GpuLinear | null; // [d_model, embed_width]
  readonly W_pos: GpuTable | null;
  readonly lnEmbed: GpuNorm | null;
  readonly blocks: readonly GpuBlock[];
  readonly lnFinal: GpuNorm | null;
  readonly unembed: readonly GpuLinear[]; // W_U's parts, each with its part of b_U; W_E's buffers where tied
};
