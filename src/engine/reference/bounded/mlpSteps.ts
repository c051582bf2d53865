// What the MLP's hooks are computed from, one by one, with bounds. Follows reference/mlp.ts.
import type { HookName } from '../../hooks/hookName.ts';
import type { ReferenceMatrix } from '../referenceTensor.ts';
import { type ActivationInputs, activated } from './activations.ts';
import { exactly } from './estimate.ts';
import { productOf } from './linear.ts';
import { normalizedOf, normOf, scaleOf, weighedOf } from './norms.ts';
import { softmaxOf } from './scores.ts';
import { type BoundedPlace, fromOne, fromTwo, normOfRun, roundingOf, type Step } from './step.ts';
import { isNormedAfter, streamNormalized, streamScale } from './streamNorms.ts';

export type MlpHook =
  | 'hook_mlp_in'
  | 'ln2.hook_scale'
  | 'ln2.hook_normalized'
  | 'mlp.hook_expert_weights'
  | 'mlp.hook_expert_indices'
  | 'mlp.hook_pre'
  | 'mlp.hook_pre_linear'
  | 'mlp.hook_post'
  | 'hook_mlp_out';

const EXPERTS = 'which expert a position goes to is a choice, and a rounding may change it: it has no bound';

/** Says how a hook of the MLP is computed; in words, why it has no bound. */
export function mlpStep(hook: MlpHook, place: BoundedPlace): Step | string {
  const { run, weights, here } = place;
  switch (hook) {
    case 'hook_mlp_in':
      return fromOne(streamOf(place), exactly);
    case 'ln2.hook_scale':
      if (isNormedAfter(place)) return streamScale('ln2', place);
      return fromOne(inputOf(place), (x) => scaleOf(exactly(x), run.config));
    case 'ln2.hook_normalized':
      if (isNormedAfter(place)) return streamNormalized('ln2', place);
      return fromTwo(inputOf(place), here('ln2.hook_scale'), (x, scale) =>
        normalizedOf(exactly(x), exactly(scale), normOfRun(run)),
      );
    case 'mlp.hook_expert_weights':
      return weights.experts ? routerStep(weights.experts.W_gate, place) : 'its MLP is one, without experts';
    case 'mlp.hook_expert_indices':
      return EXPERTS;
    case 'mlp.hook_pre':
    case 'mlp.hook_pre_linear':
    case 'mlp.hook_post':
    case 'hook_mlp_out':
      return ownStep(hook, place);
    default:
      return hook satisfies never;
  }
}

function ownStep(hook: 'mlp.hook_pre' | 'mlp.hook_pre_linear' | 'mlp.hook_post' | 'hook_mlp_out', place: BoundedPlace) {
  const { run, weights, here } = place;
  const { mlp } = weights;
  if (!mlp) return EXPERTS;
  const rounding = roundingOf(run);
  switch (hook) {
    case 'mlp.hook_pre':
      return mlp.W_gate ? linear(mlp.W_gate, mlp.b_gate, place) : linear(mlp.W_in, mlp.b_in, place);
    case 'mlp.hook_pre_linear':
      return linear(mlp.W_in, mlp.b_in, place);
    case 'mlp.hook_post': {
      const act = (inputs: ActivationInputs) => activated(run.config.activation, inputs, rounding.precision);
      const [pre, preLinear] = [here('mlp.hook_pre'), here('mlp.hook_pre_linear')];
      return mlp.W_gate
        ? fromTwo(pre, preLinear, (gate, up) => act({ pre: gate, preLinear: up }))
        : fromOne(pre, (x) => act({ pre: x, preLinear: null }));
    }
    case 'hook_mlp_out':
      return fromOne(here('mlp.hook_post'), (post) => {
        const out = productOf(exactly(post), mlp.W_out, mlp.b_out, rounding);
        return weights.ln2Post ? normOf(out, weights.ln2Post, normOfRun(run)) : out;
      });
    default:
      return hook satisfies never;
  }
}

/** The softmax over all experts, of logits made from the normalised stream: in f32, whatever the run is rounded to. */
function routerStep(W_gate: ReferenceMatrix, place: BoundedPlace): Step {
  const logits = linear(W_gate, null, place);
  return { from: logits.from, compute: (read) => softmaxOf(logits.compute(read)) };
}

function linear(W: ReferenceMatrix, b: ReferenceMatrix | null, place: BoundedPlace): Step {
  const { run, weights, here } = place;
  const norm = weights.ln2 ?? weights.ln1;
  if (isNormedAfter(place)) return fromOne(inputOf(place), (x) => productOf(exactly(x), W, b, roundingOf(run)));
  return fromOne(here('ln2.hook_normalized'), (x) =>
    productOf(weighedOf(exactly(x), norm, normOfRun(run)), W, b, roundingOf(run)),
  );
}

function streamOf({ run, here }: BoundedPlace): HookName {
  return here(run.config.residual === 'serial' ? 'hook_resid_mid' : 'hook_resid_pre');
}

function inputOf(place: BoundedPlace): HookName {
  const mlpIn = place.here('hook_mlp_in');
  return place.run.captured.has(mlpIn) ? mlpIn : streamOf(place);
}
