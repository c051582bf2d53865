// The fields of a run specification that a link may set; those left out are the default's.
import * as v from 'valibot';
import { ENGINES, isOrder, type Order } from '../../engine/index.ts';

export const order = v.custom<Order>(
  (value) => typeof value === 'string' && isOrder(value),
  'expected canonical, reversed, pairwise, compensated, blocked(n) or splitK(n)',
);

export const runSpecFields = {
  engine: v.picklist(ENGINES),
  qkv: v.picklist(['fused', 'split']),
  kv: v.picklist(['broadcast', 'repeat']),
  order,
  arithmetic: v.picklist(['native', 'portable']),
  bias: v.picklist(['inside', 'after']),
  precision: v.picklist(['f32', 'f16', 'bf16']),
  softmax: v.picklist(['materialised', 'online']),
} as const;

export const partialRunSpec = v.strictObject({
  engine: v.exactOptional(runSpecFields.engine),
  qkv: v.exactOptional(runSpecFields.qkv),
  kv: v.exactOptional(runSpecFields.kv),
  order: v.exactOptional(runSpecFields.order),
  arithmetic: v.exactOptional(runSpecFields.arithmetic),
  bias: v.exactOptional(runSpecFields.bias),
  precision: v.exactOptional(runSpecFields.precision),
  softmax: v.exactOptional(runSpecFields.softmax),
});
