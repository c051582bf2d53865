// A run's hook against its own operation in f64, on the very inputs that the run gave it: beyond the derived bound, no rounding explains it.
import {
  type Activation,
  type CapturedRun,
  formatShape,
  type HookName,
  operationAt,
  type ReferenceTensor,
  unravel,
  worstShare,
} from '../engine/index.ts';

/** A run's activations as numbers in f64. */
export function captureOf(activations: ReadonlyMap<HookName, Activation>): Map<HookName, ReferenceTensor> {
  return new Map(
    [...activations].map(([hook, { shape, values }]) => [hook, { shape, values: Float64Array.from(values) }]),
  );
}

/** Words a hook's error where it is beyond the bound, or why it has no bound; null where it is within. Experts' outputs have none. */
export function localDeparture(hook: HookName, run: CapturedRun): string | null {
  const own = run.captured.get(hook);
  const estimate = operationAt(hook, run);
  if (typeof estimate === 'string') return run.config.experts ? null : estimate;
  if (!own) return `${hook} is missing`;
  const { share, index, error, bound } = worstShare(estimate, own.values);
  if (share <= 1) return null;
  const place = formatShape(unravel(index, own.shape));
  return `${hook} at ${place}: ${error.toExponential(2)} from its own operation in f64, whose roundings explain ${bound.toExponential(2)}`;
}
