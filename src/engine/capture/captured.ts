// What a run captured, wherever it lies: on the GPU (capture.ts), or in memory (heldCapture.ts).
import type { HookName } from '../hooks/hookName.ts';
import type { Shape } from '../tensor/shape.ts';

export type Activation = { readonly shape: Shape; readonly values: Float32Array<ArrayBuffer> };

export interface Captured {
  /** The captured hooks in running order. */
  readonly hooks: readonly HookName[];
  /** Bytes of the captured activations. */
  readonly storedBytes: number;
  /** The shape of a hook; undefined where it was not captured. */
  shapeOf(hook: HookName): Shape | undefined;
  /** Hooks dense and row-major, in the order asked for. Throws where one was not captured. */
  read(hooks: readonly HookName[]): Promise<Activation[]>;
  /** One index of an axis of a hook: a head of a pattern, a row of the logits. */
  readSlice(hook: HookName, axis: number, index: number): Promise<Activation>;
  /** What stands at each of these leading indices of a hook: [pos] a row of the logits, [pos, id] one of them. */
  readAt(hook: HookName, indices: readonly (readonly number[])[]): Promise<Float32Array<ArrayBuffer>[]>;
}

/** Says which hooks there are, where one is missing. */
export function notCaptured(hook: HookName, hooks: readonly HookName[]): Error {
  return new Error(`${hook} was not captured. Captured are: ${hooks.slice(0, 12).join(', ')}…`);
}
