// The key/value cache: of each layer k as scores read it (after rotary) and v, a row a position. A run that has one puts its own rows
// where they belong and lets its queries see all rows up to there; so a token costs one row, and its bits are those of a whole pass.
import type { ModelConfig } from '../checkpoint/modelConfig.ts';
import { BufferSlot, type GpuTensor, paddedRow } from '../gpu/gpuTensor.ts';

type CachedLayer = { readonly k: GpuTensor; readonly v: GpuTensor }; // [capacity, heads, d_head] each

export type KvCache = {
  readonly capacity: number; // positions that it has room for
  readonly layers: readonly CachedLayer[];
  readonly slots: readonly BufferSlot[]; // whoever made the cache allocates and frees them
};

/** Plans the cache of one prompt: kv heads, or query heads where the specification repeats k and v. */
export function kvCache(config: ModelConfig, spec: { readonly kv: 'broadcast' | 'repeat' }, capacity: number): KvCache {
  const heads = spec.kv === 'repeat' ? config.nHeads : config.nKeyValueHeads;
  const stride = paddedRow(heads * config.dHead);
  const tensor = (label: string): GpuTensor => ({
    label,
    slot: new BufferSlot(label, 4 * capacity * stride),
    shape: [capacity, heads, config.dHead],
    strides: [stride, config.dHead, 1],
    offset: 0,
  });
  const layers = Array.from({ length: config.nLayers }, (_, layer) => ({
    k: tensor(`blocks.${layer}.attn.cached_k`),
    v: tensor(`blocks.${layer}.attn.cached_v`),
  }));
  return { capacity, layers, slots: layers.flatMap(({ k, v }) => [k.slot, v.slot]) };
}
