// What the GPU needs to draw a map as the page draws it: tables instead of formulas. From which value on a step of the ramp is used is
// found by asking the scale itself, so that a shader looks a value up by its bits, and gives the very pixel that `scale.pixel` gives.
import type { MatrixPainting } from '../../engine/index.ts';
import { STEPS, stepAt, TEXTURE_MASKED } from './colour.ts';
import type { ValueScale } from './valueScale.ts';

const word = new Int32Array(1);
const float = new Float32Array(word.buffer);

const LOWEST = -0x7f800001; // −∞ as an ordered integer; +∞ is 0x7f800000

/** The f32 that stands at a place in the order of all f32: its bits, those of the negative ones turned round. */
function f32At(ordered: number): number {
  word[0] = ordered < 0 ? ordered ^ 0x7fffffff : ordered;
  return float[0] ?? 0;
}

/** The first f32 of each step of a scale's ramp, as an ordered integer; what has no first lies beyond all: [STEPS]. */
export function firstsOf({ position }: Pick<ValueScale, 'position'>): Int32Array {
  const firsts = new Int32Array(STEPS).fill(0x7fffffff);
  firsts[0] = -0x80000000;
  let least = LOWEST;
  for (let step = 1; step < STEPS; step++) {
    let end = 0x7f800001; // one beyond +∞: no value has this step
    let from = least;
    while (from < end) {
      const middle = Math.floor((from + end) / 2);
      if (stepAt(position(f32At(middle))) >= step) end = middle;
      else from = middle + 1;
    }
    if (end > 0x7f800000) break;
    firsts[step] = end;
    least = end;
  }
  return firsts;
}

/** The colours of a painting: a scale's ramp, and its textures. */
export function coloursOf(scale: ValueScale): Pick<MatrixPainting, 'firsts' | 'colours' | 'zero' | 'nan' | 'masked'> {
  return {
    firsts: firstsOf(scale),
    colours: scale.colours,
    zero: scale.pixel(0),
    nan: scale.pixel(Number.NaN),
    masked: TEXTURE_MASKED,
  };
}
