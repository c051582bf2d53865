// Carries out the recorded interventions (`edits[].ops` of meta.json) on the reference forward pass.
import type { ReferenceEdit } from '../../src/engine/reference/referenceHooks.ts';
import { extent, type ReferenceTensor } from '../../src/engine/reference/referenceTensor.ts';
import type { GoldenOp } from './goldens.ts';

export type EditSources = {
  readonly clean: ReadonlyMap<string, ReferenceTensor>; // with attn.hook_result
  readonly corrupted: ReadonlyMap<string, ReferenceTensor>;
};

/** Makes one edit of all operations of an intervention; throws where a source was not captured. */
export function editOf(ops: readonly GoldenOp[], sources: EditSources): ReferenceEdit {
  return (hook, tensor) =>
    ops.filter((op) => op.hook === hook).reduce((edited, op) => apply(op, edited, sources), tensor);
}

function apply(op: GoldenOp, tensor: ReferenceTensor, sources: EditSources): ReferenceTensor {
  const width = extent(tensor, -1);
  const nHeads = tensor.shape.length === 3 ? extent(tensor, 1) : 1;
  const values = tensor.values.map((value, i) => {
    const row = Math.floor(i / width);
    const [pos, head] = [Math.floor(row / nHeads), row % nHeads];
    const chosen = (op.head ?? head) === head && (op.position ?? pos) === pos;
    return chosen ? changed(op, value, () => sourceAt(op, sources, pos, i % width)) : value;
  });
  return { shape: tensor.shape, values };
}

function changed(op: GoldenOp, value: number, source: () => number): number {
  switch (op.op) {
    case 'zero':
      return 0;
    case 'copy_from_corrupted':
      return source();
    case 'add_from_corrupted':
      return value + (op.factor ?? 1) * source();
    case 'subtract_head_result':
      return value - source();
    default:
      return op.op satisfies never;
  }
}

function sourceAt(op: GoldenOp, { clean, corrupted }: EditSources, pos: number, column: number): number {
  const source = (op.op === 'subtract_head_result' ? clean : corrupted).get(op.source ?? '');
  if (!source) throw new Error(`no capture of ${op.source}, which ${op.op} reads`);
  const nHeads = source.shape.length === 3 ? extent(source, 1) : 1;
  return source.values[(pos * nHeads + (op.source_head ?? 0)) * extent(source, -1) + column] ?? Number.NaN;
}
