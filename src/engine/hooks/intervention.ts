// An intervention: hook, heads, positions, operation. Plain data; `model/` carries it out, links and files carry it along.
import type { HookName } from './hookName.ts';

export type Operation =
  | { readonly kind: 'zero' }
  | { readonly kind: 'scale'; readonly factor: number }
  | { readonly kind: 'patch'; readonly prompt: 'corrupted'; readonly source: HookName }
  | {
      readonly kind: 'add';
      readonly factor: number;
      readonly prompt: 'clean' | 'corrupted';
      readonly source: HookName;
      readonly sourceHead?: number;
    };

export type Intervention = {
  readonly hook: HookName;
  readonly heads: readonly number[] | 'all';
  readonly positions: readonly number[] | 'all';
  readonly operation: Operation;
  readonly enabled: boolean;
};
