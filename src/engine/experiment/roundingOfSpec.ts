// From a specification to what it rounds, which is what a derived bound has to pay for. Of a file: what the reader says that it was
// computed in.
import { ONLINE_BLOCK_KEYS } from '../kernels/attention.ts';
import type { RunRounding } from '../reference/bounded/narrow.ts';
import type { RunSpec } from './runSpec.ts';

/** A specification's roundings. */
export function roundingOfSpec({ precision, bias, softmax }: RunSpec): RunRounding {
  return { precision, bias, softmaxBlock: softmax === 'online' ? ONLINE_BLOCK_KEYS : null };
}
