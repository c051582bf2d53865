// One head of a run as a matrix [query_pos, key_pos]: its scores, its pattern, or its pattern weighted by the length of each key's value
// vector, |v_k|, which says how much of an attended key there is to move (Kobayashi et al. 2020, "Attention is Not Only a Weight").
import { Capture } from '../../capture/capture.ts';
import { runOnce } from '../../gpu/paper.ts';
import { blockHook } from '../../hooks/hookName.ts';
import { attendAgain, type FinishedRun, HeadScratch } from '../../model/attendAgain.ts';
import type { PatternShow } from '../experiment.ts';

export type HeadAt = { readonly show: PatternShow; readonly layer: number; readonly head: number };

/** Reads the matrix of a prompt of `nPos` tokens; null where the run neither kept it nor what it is made of. */
export async function headMatrix(
  run: FinishedRun,
  at: HeadAt,
  nPos: number,
): Promise<Float32Array<ArrayBuffer> | null> {
  const { show, layer, head } = at;
  const matrix = await plainMatrix(run, { ...at, show: show === 'scores' ? 'scores' : 'pattern' }, nPos);
  if (!matrix || show !== 'weighted') return matrix;
  const lengths = await valueLengths(run, layer, head);
  return lengths && matrix.map((share, i) => share * (lengths[i % nPos] ?? 0));
}

async function plainMatrix(
  run: FinishedRun,
  { show, layer, head }: HeadAt,
  nPos: number,
): Promise<Float32Array<ArrayBuffer> | null> {
  const hook = blockHook(layer, show === 'scores' ? 'attn.hook_attn_scores' : 'attn.hook_pattern');
  const { capture } = run;
  if (capture.shapeOf(hook)) return (await capture.readSlice(hook, 0, head)).values;
  if (!(capture instanceof Capture)) return null;
  const scratch = new HeadScratch(run.config, nPos);
  const dispatches = attendAgain(run, layer, head, scratch);
  if (dispatches.length === 0) return null;
  const [values = null] = await runOnce(capture.gpu, `attention of L${layer}H${head} again`, {
    dispatches,
    owned: scratch.slots,
    uploads: scratch.uploads,
    read: [show === 'scores' ? scratch.scores : scratch.pattern],
  });
  return values;
}

/** The length of the value vector that each key gives this head: [key_pos]; null where v was not kept. */
async function valueLengths(
  { capture, config }: FinishedRun,
  layer: number,
  head: number,
): Promise<Float64Array | null> {
  const hook = blockHook(layer, 'attn.hook_v');
  const heads = capture.shapeOf(hook)?.[1]; // kv heads, or all where repeat_kv was materialised
  if (heads === undefined) return null;
  const { shape, values } = await capture.readSlice(hook, 1, Math.floor((head * heads) / config.nHeads));
  const [nPos = 0, dHead = 1] = shape;
  return Float64Array.from({ length: nPos }, (_, key) =>
    Math.hypot(...values.subarray(key * dHead, (key + 1) * dHead)),
  );
}
