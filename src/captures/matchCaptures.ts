// Brings a file's tensors to a run's hooks, by name and shape: a batch axis of one is dropped, heads that only one side repeats
// are compared by broadcast, and what does not go together is listed with the reason.
import { type Activation, type HookName, runningOrder, type Shape, shapesAlign } from '../engine/index.ts';
import type { FileTensor, Unread } from './captureFile.ts';

export type Matched = {
  readonly captures: ReadonlyMap<HookName, Activation>; // in running order, batch axis dropped
  readonly unmatched: readonly Unread[]; // in the file, and nothing of the run goes with it
  readonly absent: readonly HookName[]; // in the run, and not in the file
};

/** Matches one group of a capture file with the shapes of a run's hooks. */
export function matchCaptures(
  tensors: ReadonlyMap<HookName, FileTensor>,
  run: ReadonlyMap<HookName, Shape>, // without batch
): Matched {
  const captures = new Map<HookName, Activation>();
  const unmatched: Unread[] = [];
  for (const [hook, { shape, values }] of inOrder(tensors)) {
    const wanted = run.get(hook);
    const fitting = wanted && fittingShape(hook, shape, wanted);
    if (fitting) captures.set(hook, { shape: fitting, values });
    else unmatched.push({ name: hook, why: whyNot(shape, wanted) });
  }
  return { captures, unmatched, absent: [...run.keys()].filter((hook) => !tensors.has(hook)) };
}

function inOrder(tensors: ReadonlyMap<HookName, FileTensor>): [HookName, FileTensor][] {
  return [...tensors].sort(([a], [b]) => runningOrder(a) - runningOrder(b));
}

/** The file's shape as the run's would be written; null where they do not go together. */
function fittingShape(hook: HookName, shape: Shape, wanted: Shape): Shape | null {
  const readings = shape[0] === 1 ? [shape, shape.slice(1)] : [shape];
  return readings.find((reading) => sameAxes(hook, reading, wanted) && shapesAlign(reading, wanted)) ?? null;
}

/** Only what ln1 shows has a head axis in one mode and none in the other; elsewhere one axis more is a batch, whatever its extent. */
function sameAxes(hook: HookName, shape: Shape, wanted: Shape): boolean {
  if (shape.length === wanted.length) return true;
  return hook.includes('.ln1.') && Math.abs(shape.length - wanted.length) === 1 && shape.length >= 2;
}

function whyNot(shape: Shape, wanted: Shape | undefined): string {
  if (!wanted) return 'the run has no such hook in this mode';
  const batch = shape.length > wanted.length && shape[0] !== 1 ? `; a batch of ${shape[0]} cannot be compared` : '';
  return `has shape [${shape.join(', ')}], the run has [${wanted.join(', ')}]${batch} (the same prompt, the same model?)`;
}
