// The number by which kernels know a stored dtype: shared/widen.wgsl's constants.
import type { WeightDtype } from '../tensor/dtype.ts';

export const WEIGHT_DTYPE: Readonly<Record<WeightDtype, number>> = { f32: 0, f16: 1, bf16: 2 };
