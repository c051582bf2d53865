// Which of the attention kernels makes scores and z: an explicit plan by adapter and shape. Both give the same bits (attention.test.ts);
// docs/decisions/007-product-kernels.md tells what was measured.
import type { AdapterDescription } from '../gpu/device.ts';
import { type AttentionPlan, type AttentionShape, attentionMultiplyAdds } from './attention.ts';

/** From here on quads earn back, within some ten passes of a few layers, what they take longer to compile. */
const QUADS_FROM_MULTIPLY_ADDS = 1 << 18;

/** Quads for the software adapter, where a load costs as much as some twenty multiply-adds; they have not been measured on a GPU. */
export function chooseAttentionPlan(
  adapter: Pick<AdapterDescription, 'isSoftware' | 'features'>,
  shape: AttentionShape,
): AttentionPlan {
  const hasQuads = adapter.isSoftware && adapter.features.includes('subgroups');
  return hasQuads && shape.nPos > 4 && attentionMultiplyAdds(shape) >= QUADS_FROM_MULTIPLY_ADDS ? 'quad' : 'register';
}
