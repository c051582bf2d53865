// Which plan of rows is chosen; that all give the same bits is norm.test.ts and softmax.test.ts.
import { expect, test } from 'vitest';
import { chooseRowPlan, rowDispatch } from './rowPlan.ts';

test('a GPU gives a workgroup to each row, a software adapter an invocation where there are four rows', () => {
  expect(chooseRowPlan({ isSoftware: false }, 128)).toEqual({ lanes: 64, workgroupRows: 1 });
  expect(chooseRowPlan({ isSoftware: true }, 4)).toEqual({ lanes: 1, workgroupRows: 4 });
  expect(chooseRowPlan({ isSoftware: true }, 3)).toEqual({ lanes: 4, workgroupRows: 1 });
});

test('the last workgroup may have rows to spare, and more than 65,535 are spread over two dimensions', () => {
  expect(rowDispatch({ lanes: 1, workgroupRows: 4 }, 13).workgroups).toEqual([4, 1, 1]);
  expect(rowDispatch({ lanes: 64, workgroupRows: 1 }, 65_536).workgroups).toEqual([32_768, 2, 1]);
});
