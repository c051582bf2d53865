// The weights of a model under their mathematical names, whatever holds them: views into a checkpoint, tensors on the GPU,
// Float64Arrays of the reference. `weightTable.ts` translates a checkpoint's names into these, once, at the door.
import type { Shape } from '../tensor/shape.ts';

/**
 * A matrix [rows, columns] (rows: the reduction axis of x·W; 1 for a vector) as it lies in a tensor of the checkpoint:
 * element (k, n) is at `offset + k·rowStride + ⌊n / columnsPerGroup⌋·groupStride + (n mod columnsPerGroup)·columnStride`.
 * So a Linear's [d_out, d_in], a Conv1D's [d_in, d_out] and NeoX's query_key_value interleaved by head are all one thing.
 */
export type WeightView = {
  readonly tensor: string; // name in the checkpoint
  readonly tensorShape: Shape; // that the checkpoint must have
  readonly rows: number;
  readonly columns: number;
  readonly offset: number; // elements, as all strides here
  readonly rowStride: number;
  readonly columnStride: number;
  readonly columnsPerGroup: number;
  readonly groupStride: number;
};

export type NormWeights<T> = { readonly w: T; readonly b: T | null }; // [d] each

export type MlpWeights<T> = {
  readonly W_gate: T | null; // [d_model, d_mlp]; null where the MLP is not gated
  readonly b_gate: T | null;
  readonly W_in: T; // [d_model, d_mlp]
  readonly b_in: T | null;
  readonly W_out: T; // [d_mlp, d_model]
  readonly b_out: T | null;
};

export type BlockWeights<T> = {
  readonly ln1: NormWeights<T>;
  readonly W_Q: T; // [d_model, n_heads · d_head]
  readonly W_K: T; // [d_model, n_key_value_heads · d_head]
  readonly W_V: T; // [d_model, n_key_value_heads · d_head]
  readonly b_Q: T | null;
  readonly b_K: T | null;
  readonly b_V: T | null;
  readonly qNorm: NormWeights<T> | null; // [d_head]
  readonly kNorm: NormWeights<T> | null; // [d_head]
  readonly W_O: T; // [n_heads · d_head, d_model]
  readonly b_O: T | null;
  readonly ln1Post: NormWeights<T> | null; // on attention's output, before the residual sum
  readonly ln2: NormWeights<T> | null; // null with residual 'parallel-shared-norm'
  readonly mlp: MlpWeights<T> | null; // null where there are experts
  readonly experts: { readonly W_gate: T; readonly experts: readonly MlpWeights<T>[] } | null; // router [d_model, n_experts]
  readonly ln2Post: NormWeights<T> | null;
};

export type ModelWeights<T> = {
  readonly W_E: T; // [embed_width, d_vocab]: one column a token, so that a tied unembedding is the same matrix
  readonly projectIn: T | null; // [embed_width, d_model]; null where the embedding is as wide as the stream
  readonly projectOut: T | null; // [d_model, embed_width]
  readonly W_pos: T | null; // [d_model, n_ctx + positionOffset]: one column a position
  readonly lnEmbed: NormWeights<T> | null;
  readonly blocks: readonly BlockWeights<T>[];
  readonly lnFinal: NormWeights<T> | null;
  readonly W_U: T; // [embed_width, d_vocab]; the very same T as W_E where tied
  readonly b_U: T | null;
};
