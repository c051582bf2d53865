// Random weights as fast as a disk takes them. A linear weight is uniform with the spread of a model at the start of its training
// (initializer_range 0.02), so that activations stay finite through any number of blocks; norms are near 1, biases small.
import { narrowFromF32 } from '../../engine/index.ts';
import type { TensorPlan, WeightDtypeName } from './geometries.ts';

const SPREAD = { weight: 0.02 * Math.sqrt(3), norm: 0.1, bias: 0.01 } as const;
const CENTRE = { weight: 0, norm: 1, bias: 0 } as const;

/** Makes a function that fills a block with the tensor's next values; the same name, the same values. */
export function fillRandom(
  { name, kind }: TensorPlan,
  dtype: WeightDtypeName,
): (block: Uint8Array<ArrayBuffer>) => void {
  const next = xorshift(seedOf(name));
  const [spread, centre] = [SPREAD[kind], CENTRE[kind]];
  if (dtype === 'F32') {
    return ({ buffer }) => {
      const values = new Float32Array(buffer);
      for (let i = 0; i < values.length; i++) values[i] = centre + (spread * next()) / 2 ** 31;
    };
  }
  // 65,536 equally likely values, each rounded to the dtype once: two draws of a word's halves.
  const uniform = Float32Array.from({ length: 65_536 }, (_, i) => centre + spread * ((i + 0.5) / 32_768 - 1));
  const rounded = narrowFromF32(uniform, dtype === 'F16' ? 'f16' : 'bf16');
  return ({ buffer }) => {
    const words = new Uint32Array(buffer);
    for (let i = 0; i < words.length; i++) {
      const draw = next();
      words[i] = (rounded[draw & 0xffff] ?? 0) | ((rounded[draw >>> 16] ?? 0) << 16);
    }
  };
}

/** Marsaglia's xorshift32 (2003): signed words. */
function xorshift(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state;
  };
}

/** FNV-1a of the name. */
function seedOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash;
}
