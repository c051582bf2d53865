// Likely causes: which field of the run specifications explains a first departure at a hook. A hint to the reader, not a proof.
import { type HookName, parseHookName, type RunSpec } from '../../engine/index.ts';

/** Hooks that hold the result of a product with a weight: where another order of summation enters. */
const PRODUCTS: ReadonlySet<string> = new Set([
  'attn.hook_q',
  'attn.hook_k',
  'attn.hook_v',
  'hook_attn_out',
  'mlp.hook_expert_weights',
  'mlp.hook_pre',
  'mlp.hook_pre_linear',
  'hook_mlp_out',
  'unembed.hook_out',
]);

const FIELDS = ['engine', 'qkv', 'kv', 'order', 'arithmetic', 'bias', 'precision', 'softmax'] as const;

/** Lists the fields in which two specifications differ: 'order canonical → reversed'. */
export function specDifferences(a: RunSpec, b: RunSpec): string[] {
  return FIELDS.filter((field) => a[field] !== b[field]).map((field) => `${field} ${a[field]} → ${b[field]}`);
}

/** Words why the runs part at `hook`. */
export function likelyCause(hook: HookName, a: RunSpec, b: RunSpec): string {
  const parsed = parseHookName(hook);
  const isProduct = parsed !== null && PRODUCTS.has(parsed.hook);
  if (a.order !== b.order && isProduct) {
    return `A adds the terms of this product in ${a.order} order, B in ${b.order} order`;
  }
  const differences = specDifferences(a, b);
  if (differences.length === 0) return 'the two specifications are the same: this should not happen on one adapter';
  return `the specifications differ in ${differences.join(', ')}`;
}
