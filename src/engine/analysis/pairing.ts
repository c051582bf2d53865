// Which tensor pairs a comparison walks and how each is dealt out to workgroups: known on paper, before anything is allocated.
import type { AdapterDescription } from '../gpu/device.ts';
import type { GpuTensor } from '../gpu/gpuTensor.ts';
import type { PairWork } from '../kernels/compare.ts';
import { elementCount, type Shape, sameShape } from '../tensor/shape.ts';
import { alignTensors } from './alignTensors.ts';

export type Pair = { readonly label: string; readonly a: GpuTensor; readonly b: GpuTensor };

/** A pair that is to be walked; `n` elements of this shape. */
export type PlacedPair = Pair & { readonly shape: Shape; readonly n: number; readonly work: PairWork };

/** What is compared, and which of it answers each label: one layer's hook_resid_post is the next one's hook_resid_pre. */
export type Pairing = { readonly pairs: readonly PlacedPair[]; readonly places: ReadonlyMap<string, number> };

/** Deals out the pairs whose shapes go together; the same two tensors once. */
export function pairUp(adapter: Pick<AdapterDescription, 'isSoftware'>, wanted: readonly Pair[]): Pairing {
  const pairs: PlacedPair[] = [];
  const places = new Map<string, number>();
  let firstPartial = 0;
  for (const pair of wanted) {
    const aligned = alignTensors(pair.label, pair.a, pair.b);
    if (!aligned) continue;
    const same = pairs.findIndex(({ a, b }) => isSameMemory(a, pair.a) && isSameMemory(b, pair.b));
    places.set(pair.label, same < 0 ? pairs.length : same);
    if (same >= 0) continue;
    const n = elementCount(aligned.shape);
    // Many workgroups keep a GPU busy. Cores need few, and each costs a block that is looked at twice or thrice.
    const [least, most] = adapter.isSoftware ? [8192, 8] : [2048, 512];
    const chunk = 4 * Math.ceil(Math.max(least, n / most) / 4);
    const workgroups = Math.max(1, Math.ceil(n / chunk));
    const work = { pair: aligned.pair, index: pairs.length, histogram: 0, firstPartial, chunk, workgroups };
    pairs.push({ ...pair, shape: aligned.shape, n, work });
    firstPartial += workgroups;
  }
  return { pairs, places };
}

function isSameMemory(a: GpuTensor, b: GpuTensor): boolean {
  return a.slot === b.slot && a.offset === b.offset && sameShape(a.shape, b.shape) && sameShape(a.strides, b.strides);
}
