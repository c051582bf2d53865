// An intervention: hook, heads, positions, operation. Plain data; `model/` and `reference/` carry it out, links and files carry it.
// Interventions of one hook apply in the order of their list, each to what the one before it left.
import type { HookName } from './hookName.ts';

/**
 * Where an activation comes from: `clean` and `corrupted` are runs of those prompts that nothing edits, `same` is the very run
 * that is edited, as far as it has come. All have as many positions as the run.
 */
export type SourcePrompt = 'clean' | 'corrupted' | 'same';

export type Operation =
  | { readonly kind: 'zero' }
  | { readonly kind: 'scale'; readonly factor: number }
  /** Every position gets the mean of all positions of this run, head for head. */
  | { readonly kind: 'mean' }
  /** One number for all elements, a vector [d] for all heads, or one a head [heads · d]; a mean over prompts is such a vector. */
  | { readonly kind: 'set'; readonly values: readonly number[] }
  | {
      readonly kind: 'patch';
      readonly prompt: SourcePrompt;
      readonly source: HookName;
      readonly sourceHead?: number;
    }
  /** The same hook of another run, position for position and head for head. */
  | { readonly kind: 'freeze'; readonly prompt: 'clean' | 'corrupted' }
  | {
      readonly kind: 'add'; // factor × an activation
      readonly factor: number;
      readonly prompt: SourcePrompt;
      readonly source: HookName;
      readonly sourceHead?: number;
    }
  | { readonly kind: 'addVector'; readonly factor: number; readonly values: readonly number[] } // as in `set`
  /** factor × the token's column of W_E, times the architecture's embedding scale, before any norm. */
  | { readonly kind: 'addToken'; readonly factor: number; readonly token: number }
  /** The two positions listed change places. */
  | { readonly kind: 'swap' }
  /** deviation × seeded noise of mean 0 and variance 1 (`noise.ts`). */
  | { readonly kind: 'noise'; readonly deviation: number; readonly seed: number };

export type Intervention = {
  readonly hook: HookName;
  readonly heads: readonly number[] | 'all'; // of the hook's own head axis: a k or v input has the kv heads', unless repeated
  readonly positions: readonly number[] | 'all'; // of scores and patterns: query positions
  readonly operation: Operation;
  readonly enabled: boolean;
};

/** An activation that an operation reads besides the one it edits. */
export type OperationSource = { readonly prompt: SourcePrompt; readonly hook: HookName; readonly head: number | null };

/** Tells what an intervention reads besides its hook; null where nothing. */
export function sourceOf({ hook, operation }: Intervention): OperationSource | null {
  switch (operation.kind) {
    case 'patch':
    case 'add':
      return { prompt: operation.prompt, hook: operation.source, head: operation.sourceHead ?? null };
    case 'freeze':
      return { prompt: operation.prompt, hook, head: null };
    default:
      return null;
  }
}
