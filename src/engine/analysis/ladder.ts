// The divergence ladder and the inspection of one hook: two captures, compared hook by hook in running order.
import type { Capture } from '../capture/capture.ts';
import type { Captured } from '../capture/captured.ts';
import type { HookName } from '../hooks/hookName.ts';
import { compareTensors, type Rule, worstElements } from './compare.ts';
import type { Inspection, LadderRow } from './comparison.ts';
import { differenceShape } from './differenceShape.ts';
import { PreparedLadder } from './preparedLadder.ts';
import { sharedHistogram, statisticsOf } from './statistics.ts';

const WORST_COUNT = 20;

/** Compares every hook that both captures have, in A's running order. To compare again, prepare a `PreparedLadder`. */
export async function compareCaptures(a: Capture, b: Capture, rule: Rule): Promise<LadderRow[]> {
  const ladder = await PreparedLadder.make(a, b);
  try {
    return await ladder.run(rule);
  } finally {
    ladder.destroy();
  }
}

/** Everything that the Inspector shows of one hook. Throws where neither run captured it. */
export async function inspectHook(
  a: Captured | null,
  b: Captured | null,
  hook: HookName,
  rule: Rule,
): Promise<Inspection> {
  const read = async (capture: Captured | null) =>
    capture?.shapeOf(hook) ? ((await capture.read([hook]))[0] ?? null) : null;
  const [left, right] = await Promise.all([read(a), read(b)]);
  if (!left && !right) throw new Error(`${hook} was captured by neither run. Choose another hook, or run again.`);
  return {
    hook,
    shapeA: left?.shape ?? null,
    shapeB: right?.shape ?? null,
    capturedBytes: 4 * ((left?.values.length ?? 0) + (right?.values.length ?? 0)),
    statisticsA: left && statisticsOf(left.values),
    statisticsB: right && statisticsOf(right.values),
    histogram: sharedHistogram(left?.values ?? null, right?.values ?? null),
    summary: left && right && compareTensors(left, right, rule),
    worst: left && right ? worstElements(left, right, WORST_COUNT) : [],
    difference: left && right && differenceShape(left, right, rule),
  };
}
