// Whether two engines computed the same: checked before anything is timed, since a wrong engine may be as fast as it likes.

/**
 * How far two f32 implementations of one model may part, relative to the largest logit: Higham & Mary 2019 (A New Approach to
 * Probabilistic Rounding Error Analysis), γ̃_n = λ·√n·u, for each of the two; λ = 8 is exceeded with a probability below 1e-13.
 */
export function agreementBound(nTerms: number): number {
  const LAMBDA = 8;
  return 2 * LAMBDA * Math.sqrt(nTerms) * 2 ** -24;
}

/** Throws where two engines' logits part by more than the bound, or are not numbers, naming both and the worst element. */
export function requireAgreement(
  reference: { readonly name: string; readonly logits: Float32Array }, // [d_vocab]
  other: { readonly name: string; readonly logits: Float32Array }, // [d_vocab]
  nTerms: number,
): { readonly worst: number; readonly allowed: number } {
  if (reference.logits.length !== other.logits.length) {
    throw new Error(`${other.name} gave ${other.logits.length} logits, expected ${reference.logits.length}`);
  }
  const scale = reference.logits.reduce((largest, logit) => Math.max(largest, Math.abs(logit)), 0);
  const allowed = agreementBound(nTerms) * scale;
  let worst = 0;
  let worstId = 0;
  reference.logits.forEach((logit, id) => {
    const error = Math.abs(logit - (other.logits[id] ?? Number.NaN));
    if (error <= worst || Number.isNaN(worst)) return; // a NaN is the worst, and stays it
    worst = error;
    worstId = id;
  });
  if (worst <= allowed) return { worst, allowed };
  throw new Error(
    `${other.name} does not compute what ${reference.name} computes: logit ${worstId} is ${other.logits[worstId]}, expected ` +
      `${reference.logits[worstId]} ± ${allowed}. Nothing was timed.`,
  );
}
