// Tolerances that people compare under. torch: the defaults of torch.testing.assert_close for each dtype.
import { type Tolerance, TRANSFORMER_LENS_TOLERANCE } from '../../engine/index.ts';

export const PRESETS = [
  { id: 'bit-exact', label: 'bit-exact', tolerance: { atol: 0, rtol: 0 } },
  { id: 'torch-f32', label: 'torch float32', tolerance: { atol: 1e-5, rtol: 1.3e-6 } },
  { id: 'torch-f16', label: 'torch float16', tolerance: { atol: 1e-5, rtol: 1e-3 } },
  { id: 'torch-bf16', label: 'torch bfloat16', tolerance: { atol: 1e-5, rtol: 1.6e-2 } },
  { id: 'torch-f64', label: 'torch float64', tolerance: { atol: 1e-7, rtol: 1e-7 } },
  { id: 'transformer-lens', label: 'TransformerLens #519', tolerance: TRANSFORMER_LENS_TOLERANCE },
] as const satisfies readonly { id: string; label: string; tolerance: Tolerance }[];

/** Names the preset that a tolerance is, or 'own'. */
export function presetOf({ atol, rtol }: Tolerance): (typeof PRESETS)[number]['id'] | 'own' {
  return PRESETS.find(({ tolerance }) => tolerance.atol === atol && tolerance.rtol === rtol)?.id ?? 'own';
}

/** Says why a text is no bound; null where it is one. */
export function boundProblem(text: string): string | null {
  const bound = text.trim() === '' ? Number.NaN : Number(text);
  return bound >= 0 && Number.isFinite(bound) ? null : 'A number of 0 or more: 5e-4.';
}
