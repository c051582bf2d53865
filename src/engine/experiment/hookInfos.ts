// What a report says of a run's captured hooks.
import type { Capture } from '../capture/capture.ts';
import { storedBytes } from '../gpu/gpuTensor.ts';
import type { HookInfo } from './result.ts';

/** Lists the captured hooks in running order, each with its shape and the bytes that it occupies. */
export function hookInfos({ tensors }: Capture): HookInfo[] {
  return [...tensors].map(([hook, tensor]) => ({ hook, shape: tensor.shape, storedBytes: storedBytes(tensor) }));
}
