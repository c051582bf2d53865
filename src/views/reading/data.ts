// What the Reading is given. Structurally the answers of the worker.
import type { Attribution, CopyingScore, HookName } from '../../engine/index.ts';
import type { Standing, ViewToken } from '../data.ts';

export type LensRow = {
  readonly hook: HookName;
  readonly top: readonly { readonly token: ViewToken; readonly probability: number }[];
  readonly chosen: readonly Standing[]; // of the reading's tokens
};

export type PredictionReading = {
  readonly tokens: readonly ViewToken[]; // one, or the two whose logits are set against each other
  readonly lens: readonly LensRow[];
  readonly attribution: Attribution;
  readonly whyNotByHead: string | null;
};

export type HeadName = { readonly layer: number; readonly head: number };

export type PairRow = { readonly from: ViewToken; readonly to: ViewToken; readonly score: number };

export type CircuitsReading = HeadName & {
  readonly circuits: {
    readonly qk: readonly PairRow[];
    readonly ov: readonly PairRow[];
    readonly copying: CopyingScore;
  };
};
