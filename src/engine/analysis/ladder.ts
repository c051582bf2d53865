// The divergence ladder and the inspection of one hook: two captures, compared hook by hook in running order.
import type { Capture } from '../capture/capture.ts';
import type { HookName } from '../hooks/hookName.ts';
import { compareTensors, type Rule, worstElements } from './compare.ts';
import type { Inspection, LadderRow } from './comparison.ts';
import { sharedHistogram, statisticsOf } from './statistics.ts';

const WORST_COUNT = 20;

/** Bytes read back at a time, so that a long prompt's captures never lie in memory all at once. */
const READ_BYTES = 64 << 20;

/** Compares every hook that both captures have, in A's running order. */
export async function compareCaptures(a: Capture, b: Capture, rule: Rule): Promise<LadderRow[]> {
  const common = a.hooks.filter((hook) => b.tensor(hook));
  const rows: LadderRow[] = [];
  for (const hooks of inPieces(common, a, b)) {
    const [valuesA, valuesB] = await Promise.all([a.read(hooks), b.read(hooks)]);
    hooks.forEach((hook, at) => {
      const [left, right] = [valuesA[at], valuesB[at]];
      const summary = left && right && compareTensors(left, right, rule);
      if (summary) rows.push({ hook, shapeA: left.shape, shapeB: right.shape, summary });
    });
  }
  return rows;
}

function inPieces(hooks: readonly HookName[], a: Capture, b: Capture): HookName[][] {
  const pieces: HookName[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const hook of hooks) {
    const more = [a, b].reduce(
      (sum, capture) => sum + 4 * (capture.tensor(hook)?.shape.reduce((x, y) => x * y, 1) ?? 0),
      0,
    );
    if (bytes + more > READ_BYTES) {
      pieces.push([]);
      bytes = 0;
    }
    pieces.at(-1)?.push(hook);
    bytes += more;
  }
  return pieces;
}

/** Everything that the Inspector shows of one hook. Throws where neither run captured it. */
export async function inspectHook(
  a: Capture | null,
  b: Capture | null,
  hook: HookName,
  rule: Rule,
): Promise<Inspection> {
  const read = async (capture: Capture | null) =>
    capture?.tensor(hook) ? ((await capture.read([hook]))[0] ?? null) : null;
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
  };
}
