// Compares a run with recorded activations hook by hook in running order, and says where it parts first.
import type { ReferenceTensor } from '../../src/engine/reference/referenceTensor.ts';
import { elementCount, formatShape, type Shape, sameShape, unravel } from '../../src/engine/tensor/shape.ts';

export type Recorded = {
  /** The recorded tensor of a hook, batch axis allowed; null where none was recorded. */
  readonly of: (hook: string) => ReferenceTensor | null;
  /** What an element may err by, given the hook's largest recorded magnitude. */
  readonly allowed: (hook: string, absMax: number) => number;
};

/** Returns the report of the first hook that departs, or null where none does. Equal infinities agree; NaN never does. */
export function firstDeparture(run: Iterable<readonly [string, ReferenceTensor]>, recorded: Recorded): string | null {
  for (const [hook, ours] of run) {
    const theirs = recorded.of(hook);
    const report = theirs && departure(hook, ours, theirs, recorded);
    if (report) return `first departure: ${hook} ${report}`;
  }
  return null;
}

function departure(hook: string, ours: ReferenceTensor, theirs: ReferenceTensor, recorded: Recorded): string | null {
  if (!sameShape(ours.shape, withoutBatch(theirs.shape, ours.shape))) {
    return `has shape ${formatShape(ours.shape)}, recorded ${formatShape(theirs.shape)}`;
  }
  const absMax = theirs.values.reduce(
    (max, value) => (Number.isFinite(value) ? Math.max(max, Math.abs(value)) : max),
    0,
  );
  const allowed = recorded.allowed(hook, absMax);
  const agrees = (i: number) => {
    const [a, b] = [ours.values[i] ?? Number.NaN, theirs.values[i] ?? Number.NaN];
    return a === b || Math.abs(a - b) <= allowed;
  };
  const failing = Array.from({ length: elementCount(ours.shape) }, (_, i) => i).filter((i) => !agrees(i));
  const [first] = failing;
  if (first === undefined) return null;
  const around = (values: Float64Array) => Array.from(values.subarray(Math.max(0, first - 1), first + 2)).join(', ');
  const index = formatShape(unravel(first, ours.shape));
  const count = `${failing.length} of ${ours.values.length} elements`;
  return `at ${index}: ours … ${around(ours.values)} …, recorded … ${around(theirs.values)} …, allowed ${allowed}; ${count}`;
}

function withoutBatch(shape: Shape, like: Shape): Shape {
  return shape.length === like.length + 1 && shape[0] === 1 ? shape.slice(1) : shape;
}
