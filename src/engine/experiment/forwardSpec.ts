// From a RunSpec, which names every way to run, to the fields that our own forward pass reads.
import type { ForwardSpec } from '../model/runContext.ts';
import { parseOrder, type RunSpec, whyNotRunnable } from './runSpec.ts';

/** The forward pass's own fields. Throws with the reason where our engine cannot run the specification. */
export function forwardSpecOf(spec: RunSpec): ForwardSpec {
  const why = spec.engine === 'webgpu' ? whyNotRunnable(spec) : `engine=${spec.engine} is not this engine; use webgpu`;
  const order = parseOrder(spec.order);
  if (why || !order) throw new Error(why ?? `order=${spec.order} cannot run`);
  return { qkv: spec.qkv, kv: spec.kv, order, numerics: spec, softmax: spec.softmax };
}
