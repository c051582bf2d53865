// Probes: small experiments that a case needs beside its runs and that no run specification expresses. Plain data in and out.

export type ProbeKind = 'batch' | 'transformerLens114';

/** A batch against the same prompts one at a time. */
export type BatchProbe = {
  readonly kind: 'batch';
  readonly prompts: number;
  readonly hooks: number;
  readonly elements: number;
  readonly differing: number; // elements whose bits are not the same
};

/** TransformerLens 1.14's split mode on this model's shapes and numbers. */
export type TransformerLens114Probe = {
  readonly kind: 'transformerLens114';
  readonly crash: string | null; // what torch says of k's einsum; null where heads are not grouped
  readonly fold: number; // how many times too large its q is, by least squares against ours
  readonly qError: number; // largest |its q − ours|
  readonly kInput: readonly number[]; // shape of our hook_k_input: [pos, n_key_value_heads, d_model]
};

export type Probe = BatchProbe | TransformerLens114Probe;
