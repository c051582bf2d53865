// How norms and softmax deal out rows to invocations: an explicit plan by adapter and rows. Each row's sums are one invocation's, in
// order, whatever the plan, so it changes no bit (norm.test.ts, softmax.test.ts).
import type { AdapterDescription } from '../gpu/device.ts';
import type { Overrides } from '../gpu/pipelineCache.ts';
import { spread } from './spread.ts';

export type RowPlan = {
  readonly lanes: number; // invocations a row
  readonly workgroupRows: number;
};

/**
 * A workgroup a row, so that neighbours read neighbours; on a software adapter, which runs four invocations as one and for which a
 * barrier is dear, an invocation a row where there are four: while one invocation sums alone, three would wait.
 */
export function chooseRowPlan(adapter: Pick<AdapterDescription, 'isSoftware'>, rows: number): RowPlan {
  if (!adapter.isSoftware) return { lanes: 64, workgroupRows: 1 };
  return rows >= 4 ? { lanes: 1, workgroupRows: 4 } : { lanes: 4, workgroupRows: 1 };
}

/** What a kernel of rows is dispatched with. */
export function rowDispatch({ lanes, workgroupRows }: RowPlan, rows: number) {
  const overrides: Overrides = { lanes, workgroup_rows: workgroupRows };
  return { overrides, workgroups: spread(Math.ceil(rows / workgroupRows)) };
}
