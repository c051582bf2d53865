// The dtypes that weights come in. Activations are f32 always.

export type WeightDtype = 'f32' | 'f16' | 'bf16';

/** Bytes of one stored element. */
export function bytesPerElement(dtype: WeightDtype): number {
  return dtype === 'f32' ? 4 : 2;
}
