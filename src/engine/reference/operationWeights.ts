// The weights of one operation alone, in f64: a block's, or those at either end of the model. So one hook of a model that does not fit
// in f64 can be computed in it. What the operation does not read is there in shape only.
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { ModelWeights, WeightView } from '../checkpoint/weights.ts';
import { type HookName, parseHookName } from '../hooks/hookName.ts';
import type { Intervention } from '../hooks/intervention.ts';
import { widenToF32 } from '../tensor/bits.ts';
import { modelWeights, readView } from './loadWeights.ts';
import type { ReferenceMatrix } from './referenceTensor.ts';

export type OperationAt = {
  readonly hook: HookName;
  readonly interventions: readonly Intervention[];
  readonly signal?: AbortSignal | undefined;
};

/** Reads what a hook's operation needs. Throws where a payload cannot be read. */
export async function readOperationWeights(
  checkpoint: Checkpoint,
  at: OperationAt,
): Promise<ModelWeights<ReferenceMatrix>> {
  const wanted = new Set(wantedViews(checkpoint.weights, at));
  const matrices = new Map<WeightView, ReferenceMatrix>();
  const payloads = new Map<string, Float32Array>();
  for (const view of wanted) {
    const payload = payloads.get(view.tensor) ?? (await readPayload(checkpoint, view, at.signal));
    payloads.set(view.tensor, payload);
    matrices.set(view, readView(view, payload));
  }
  return modelWeights(checkpoint.weights, (view) => matrices.get(view) ?? outline(view));
}

/** Every weight in shape only: enough to say what an operation reads. */
export function outlinedWeights({ weights }: Checkpoint): ModelWeights<ReferenceMatrix> {
  return modelWeights(weights, outline);
}

/** How many elements `readOperationWeights` would read. */
export function operationElements({ weights }: Checkpoint, at: OperationAt): number {
  return [...new Set(wantedViews(weights, at))].reduce((sum, { rows, columns }) => sum + rows * columns, 0);
}

function outline({ rows, columns }: WeightView): ReferenceMatrix {
  return { rows, columns, values: new Float64Array() };
}

async function readPayload(
  { tensors }: Checkpoint,
  view: WeightView,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const entry = tensors.get(view.tensor);
  if (!entry) throw new Error(`internal: the checkpoint lists no tensor ${view.tensor}`);
  const { dtype, source, byteOffset, byteLength } = entry;
  return widenToF32(await source.read(byteOffset, byteLength, signal), dtype);
}

function wantedViews(views: ModelWeights<WeightView>, { hook, interventions }: OperationAt): WeightView[] {
  const readsTokens = interventions.some(
    (edit) => edit.enabled && edit.hook === hook && edit.operation.kind === 'addToken',
  );
  return [...viewsIn(partOf(views, hook)), ...(readsTokens ? [views.W_E] : [])];
}

/** The part of the weights that a hook's operation reads. */
function partOf(views: ModelWeights<WeightView>, hook: HookName): unknown {
  const parsed = parseHookName(hook);
  if (parsed?.kind === 'block') return views.blocks[parsed.layer];
  switch (parsed?.hook) {
    case 'hook_embed':
      return [views.W_E, views.projectIn, views.lnEmbed];
    case 'hook_pos_embed':
      return views.W_pos;
    case 'unembed.hook_in':
      return views.lnFinal;
    case 'unembed.hook_out':
      return [views.W_U, views.b_U, views.projectOut];
    default:
      return null; // the final norm's first two hooks are made of the stream alone
  }
}

/** Every view in a part of the weights, however deep. */
function viewsIn(part: unknown): WeightView[] {
  if (typeof part !== 'object' || part === null) return [];
  return isView(part) ? [part] : Object.values(part).flatMap(viewsIn);
}

function isView(part: object): part is WeightView {
  return 'tensor' in part && 'rowStride' in part;
}
