// Bounds of the numbers in a link. They keep a stranger's link from asking for absurd things; the model's own bounds are checked later.
import * as v from 'valibot';

/** A layer, head, position or count of something: a non-negative integer below 2²⁰. */
export const index = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 20 - 1));

/** A token id: below 2²⁴, beyond every vocabulary. */
export const tokenId = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 24 - 1));

/** A finite factor that f32 can hold. */
export const factor = v.pipe(v.number(), v.finite(), v.minValue(-3.4e38), v.maxValue(3.4e38));

/** A seed of noise: a u32. */
export const seed = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 32 - 1));

/** A tolerance, difference or other magnitude: finite, not negative. */
export const magnitude = v.pipe(v.number(), v.finite(), v.minValue(0), v.maxValue(3.5e38));

export const probability = v.pipe(v.number(), v.minValue(0), v.maxValue(1.001)); // rounded sums may pass 1 by an ULP

/** Longest list of token ids in a link: its JSON stays below the ceiling on inflated bytes. */
export const MAX_TOKEN_IDS = 16_384;
/** Longest prompt in a link, in UTF-16 units. */
export const MAX_PROMPT_LENGTH = 24_576;
