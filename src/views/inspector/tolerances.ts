// Tolerances that people compare under. torch: the defaults of torch.testing.assert_close for float32.
import { type Tolerance, TRANSFORMER_LENS_TOLERANCE } from '../../engine/index.ts';

export const PRESETS = [
  { id: 'transformer-lens', label: 'TransformerLens #519', tolerance: TRANSFORMER_LENS_TOLERANCE },
  { id: 'torch-f32', label: 'torch float32', tolerance: { atol: 1e-5, rtol: 1.3e-6 } },
  { id: 'bit-exact', label: 'bit-exact', tolerance: { atol: 0, rtol: 0 } },
] as const satisfies readonly { id: string; label: string; tolerance: Tolerance }[];

/** Names the preset that a tolerance is, or 'own'. */
export function presetOf({ atol, rtol }: Tolerance): (typeof PRESETS)[number]['id'] | 'own' {
  return PRESETS.find(({ tolerance }) => tolerance.atol === atol && tolerance.rtol === rtol)?.id ?? 'own';
}
