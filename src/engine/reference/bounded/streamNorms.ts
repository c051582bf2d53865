// The norms of an architecture that has them in the stream itself, behind each sum (OPT-350m), with bounds: what ln1 and ln2 are computed
// from, and the stream that they give. Elsewhere norms stand before attention and MLP: attentionSteps.ts, mlpSteps.ts.
import type { ReferenceTensor } from '../referenceTensor.ts';
import { type Estimate, exactly, plus } from './estimate.ts';
import { rounded } from './narrow.ts';
import { normalizedOf, scaleOf, weighedOf } from './norms.ts';
import { type BoundedPlace, fromOne, fromTwo, normOfRun, roundingOf, type Step } from './step.ts';

type Norm = 'ln1' | 'ln2';

/** Tells whether the stream itself is normalised. */
export function isNormedAfter({ run }: BoundedPlace): boolean {
  return run.config.normPlace === 'after';
}

/** ln1 reads the stream with attention's part, ln2 that with the MLP's. */
function summands(ln: Norm, { here }: BoundedPlace) {
  return ln === 'ln1'
    ? ([here('hook_resid_pre'), here('hook_attn_out')] as const)
    : ([here('hook_resid_mid'), here('hook_mlp_out')] as const);
}

function sumOf(a: ReferenceTensor, b: ReferenceTensor, { run }: BoundedPlace): Estimate {
  return rounded(plus(exactly(a), exactly(b)), roundingOf(run).precision);
}

/** hook_scale of a norm in the stream. */
export function streamScale(ln: Norm, place: BoundedPlace): Step {
  const [stream, written] = summands(ln, place);
  return fromTwo(stream, written, (a, b) => scaleOf(sumOf(a, b, place), place.run.config));
}

/** hook_normalized of a norm in the stream. */
export function streamNormalized(ln: Norm, place: BoundedPlace): Step {
  const [stream, written] = summands(ln, place);
  const scale = place.here(`${ln}.hook_scale`);
  return {
    from: [stream, written, scale],
    compute: (read) =>
      normalizedOf(sumOf(read(stream), read(written), place), exactly(read(scale)), normOfRun(place.run)),
  };
}

/** hook_resid_mid or hook_resid_post: what the norm gives. */
export function streamBehind(ln: Norm, place: BoundedPlace): Step {
  const weights = place.weights[ln] ?? place.weights.ln1;
  return fromOne(place.here(`${ln}.hook_normalized`), (x) => weighedOf(exactly(x), weights, normOfRun(place.run)));
}
