// The divergence ladder and the inspection of one hook: two captures, compared hook by hook in running order.
import { Capture } from '../capture/capture.ts';
import type { Activation, Captured } from '../capture/captured.ts';
import type { HookName } from '../hooks/hookName.ts';
import { TOP } from '../kernels/inspect.ts';
import { elementCount } from '../tensor/shape.ts';
import { compareTensors, type Rule, worstElements } from './compare.ts';
import type { Inspection, LadderRow } from './comparison.ts';
import { differenceShape } from './differenceShape.ts';
import { inspectTensors } from './inspectTensors.ts';
import { PreparedLadder } from './preparedLadder.ts';
import { sharedHistogram, statisticsOf } from './statistics.ts';

/** Compares every hook that both captures have, in A's running order. To compare again, prepare a `PreparedLadder`. */
export async function compareCaptures(a: Capture, b: Capture, rule: Rule): Promise<LadderRow[]> {
  const ladder = await PreparedLadder.make(a, b);
  try {
    return await ladder.run(rule);
  } finally {
    ladder.destroy();
  }
}

/**
 * Everything that the Inspector shows of one hook. Captures on the GPU stay there: a few KB are read back. Throws where neither run
 * captured it.
 */
export async function inspectHook(
  a: Captured | null,
  b: Captured | null,
  hook: HookName,
  rule: Rule,
): Promise<Inspection> {
  const [shapeA, shapeB] = [a?.shapeOf(hook) ?? null, b?.shapeOf(hook) ?? null];
  if (!shapeA && !shapeB) throw new Error(`${hook} was captured by neither run. Choose another hook, or run again.`);
  const capturedBytes = 4 * (elementCount(shapeA ?? [0]) + elementCount(shapeB ?? [0]));
  const found = onGpu(a, b);
  const inspected = found
    ? await inspectTensors(found.gpu, { a: found.a?.tensor(hook) ?? null, b: found.b?.tensor(hook) ?? null }, rule)
    : inspectValues(await readOne(a, hook), await readOne(b, hook), rule);
  return { hook, shapeA, shapeB, capturedBytes, ...inspected };
}

/** Both captures where they lie on a GPU; null where one that was made does not. */
function onGpu(a: Captured | null, b: Captured | null) {
  const [left, right] = [a, b].map((capture) => (capture instanceof Capture ? capture : null));
  const gpu = left?.gpu ?? right?.gpu;
  if (!gpu || (a && !left) || (b && !right)) return null;
  return { gpu, a: left ?? null, b: right ?? null };
}

/** The same of values in memory: the twin of `inspectTensors`. */
export function inspectValues(
  a: Activation | null,
  b: Activation | null,
  rule: Rule,
): Omit<Inspection, 'hook' | 'shapeA' | 'shapeB' | 'capturedBytes'> {
  const summary = a && b && compareTensors(a, b, rule);
  const isParting = summary !== null && summary.verdict !== 'bit-identical';
  return {
    statisticsA: a && statisticsOf(a.values),
    statisticsB: b && statisticsOf(b.values),
    histogram: sharedHistogram(a?.values ?? null, b?.values ?? null),
    summary,
    worst: a && b ? worstElements(a, b, TOP) : [],
    difference: a && b && isParting ? differenceShape(a, b, rule) : null,
  };
}

async function readOne(capture: Captured | null, hook: HookName): Promise<Activation | null> {
  return capture?.shapeOf(hook) ? ((await capture.read([hook]))[0] ?? null) : null;
}
