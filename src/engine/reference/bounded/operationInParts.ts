// A hook's operation, some rows at a time where rows do not meet, so that whoever waits for a large product can be heard meanwhile.
import { type HookName, parseHookName } from '../../hooks/hookName.ts';
import type { ReferenceTensor } from '../referenceTensor.ts';
import type { Estimate } from './estimate.ts';
import { operationAt } from './operationAt.ts';
import type { CapturedRun } from './step.ts';

/** Products with a weight: what a position becomes hangs on that position alone. */
const ROW_BY_ROW: ReadonlySet<string> = new Set([
  'attn.hook_q',
  'attn.hook_k',
  'attn.hook_v',
  'attn.hook_result',
  'hook_attn_out',
  'mlp.hook_pre',
  'mlp.hook_pre_linear',
  'hook_mlp_out',
  'unembed.hook_out',
]);

export type Parts = {
  readonly rows: number; // of a part
  readonly between: () => Promise<void>; // before each part; throws to end it
};

/** The same as `operationAt`, to the bit. An intervention at the hook itself may count positions: then it is one part. */
export async function operationInParts(hook: HookName, run: CapturedRun, parts: Parts): Promise<Estimate | string> {
  const nPos = run.tokenIds.length;
  const isWhole = !ROW_BY_ROW.has(parseHookName(hook)?.hook ?? '') || (run.interventions ?? []).length > 0;
  const rows = isWhole ? nPos : Math.max(1, parts.rows);
  const made: Estimate[] = [];
  for (let first = 0; first < nPos; first += rows) {
    await parts.between();
    const part = operationAt(hook, rows < nPos ? rowsOf(run, first, first + rows) : run);
    if (typeof part === 'string') return part;
    made.push(part);
  }
  const [only] = made;
  return only && made.length === 1 ? only : joined(made);
}

/** The run as if it had these positions alone: what is captured of it begins with them. */
function rowsOf(run: CapturedRun, first: number, end: number): CapturedRun {
  const captured = new Map([...run.captured].map(([hook, tensor]) => [hook, rowsIn(tensor, first, end)]));
  return { ...run, captured, tokenIds: run.tokenIds.slice(first, end) };
}

function rowsIn({ shape, values }: ReferenceTensor, first: number, end: number): ReferenceTensor {
  const [nPos = 0, ...row] = shape;
  const width = values.length / nPos;
  return { shape: [Math.min(end, nPos) - first, ...row], values: values.subarray(first * width, end * width) };
}

function joined(parts: readonly Estimate[]): Estimate {
  const row = parts[0]?.shape.slice(1) ?? [];
  const nPos = parts.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
  const whole = (of: (part: Estimate) => Float64Array) => {
    const out = new Float64Array(parts.reduce((sum, part) => sum + of(part).length, 0));
    let at = 0;
    for (const part of parts) {
      out.set(of(part), at);
      at += of(part).length;
    }
    return out;
  };
  return { shape: [nPos, ...row], values: whole(({ values }) => values), bound: whole(({ bound }) => bound) };
}
