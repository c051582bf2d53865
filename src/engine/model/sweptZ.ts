// z of a block in which every head of one site is edited, each for itself: from the clean run's activations, only what the edit touches
// is computed anew. Where the edit itself is made, `place.at` makes it.
import type { GpuTensor } from '../gpu/gpuTensor.ts';
import type { BlockHook } from '../hooks/hookName.ts';
import { attend, projectK, projectQ, projectV, turnedK, turnedQ, weighedValues } from './attention.ts';
import { headInput, readByAttention } from './block.ts';
import type { BlockPlace } from './blockPlace.ts';
import { unhooked } from './norm.ts';
import type { HeadSite } from './sweepSite.ts';

/** The clean run's activations of the block. */
export type CleanBlock = {
  readonly of: (part: BlockHook) => GpuTensor; // throws where the run has not kept it
  readonly kept: (part: BlockHook) => GpuTensor | undefined;
};

/** Records z, [pos, n_heads, d_head]. Throws where the clean run has not kept what it reads. */
export function sweptZ(site: HeadSite, clean: CleanBlock, place: BlockPlace): GpuTensor {
  const { config, spec } = place.context;
  const kvHeads = spec.kv === 'repeat' ? config.nHeads : config.nKeyValueHeads;
  const v = () => clean.of('attn.hook_v');
  switch (site) {
    case 'hook_q_input': {
      const q = turnedQ(projectQ(normedInput(site, config.nHeads, clean, place), place), place);
      return attend({ q, k: clean.kept('attn.hook_rot_k') ?? turnedK(clean.of('attn.hook_k'), place), v: v() }, place);
    }
    case 'hook_k_input': {
      const k = turnedK(projectK(normedInput(site, kvHeads, clean, place), place), place);
      return attend({ q: clean.kept('attn.hook_rot_q') ?? turnedQ(clean.of('attn.hook_q'), place), k, v: v() }, place);
    }
    case 'hook_v_input': {
      const edited = projectV(normedInput(site, kvHeads, clean, place), place);
      return weighedValues(clean.of('attn.hook_pattern'), edited, { place, unmasked: false });
    }
    case 'attn.hook_pattern':
      return weighedValues(place.at(site, clean.of(site)), v(), { place, unmasked: true });
    case 'attn.hook_z':
      return place.at(site, clean.of(site));
    default:
      return site satisfies never;
  }
}

function normedInput(
  site: 'hook_q_input' | 'hook_k_input' | 'hook_v_input',
  heads: number,
  clean: CleanBlock,
  place: BlockPlace,
): GpuTensor {
  const input = place.at(site, headInput(clean.of('hook_resid_pre'), site, heads, place));
  return readByAttention(input, unhooked(place.name('ln1.swept')), place);
}
