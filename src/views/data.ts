// What the panels are given, as plain data. Structurally the answers of the worker; views know no worker and no session.
import type { HeadAtlas, PooledMatrix } from '../engine/index.ts';

export type Side = 'a' | 'b';

export type ViewToken = {
  readonly id: number;
  readonly text: string; // '' where the bytes are no text
  readonly bytes: readonly number[] | null;
  readonly special: boolean;
};

/** An answer that was asked for by itself; the last one stays while the next is under way. */
export type Asked<T> = { readonly value: T | null; readonly isAsking: boolean; readonly problem: string | null };

/** What a sweep's edits did to each head: NaN where none was of it. */
export type HeadEffect = {
  readonly values: Float32Array; // [layers · heads]: the metric under the strongest edit − unedited
  readonly metric: string; // 'logit difference'
  readonly sites: readonly string[]; // where it was edited: 'q input'
};

/** Thumbnails and scores of every head. */
export type Atlas = HeadAtlas & { readonly effect: HeadEffect | null };

/** What the GPU painted: a canvas's bitmap, or pixels [height_px, width_px, rgba]. */
export type Picture = {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly content: ImageBitmap | Uint8ClampedArray<ArrayBuffer>;
};

/** One head of both runs and their difference, as far as they were made; without levels while the values are still on the GPU. */
export type HeadPair = {
  readonly nPos: number;
  readonly a: PooledMatrix | null;
  readonly b: PooledMatrix | null;
  readonly delta: PooledMatrix | null; // null unless both were made
};

/** How a run rates a next token: rank from 0. */
export type Standing = { readonly logit: number; readonly probability: number; readonly rank: number };

/** The likeliest next tokens of both runs at one position. */
export type NextTokens = {
  readonly position: number;
  readonly rows: readonly { readonly token: ViewToken; readonly a: Standing | null; readonly b: Standing | null }[];
};

/** What both runs predict at each position: [pos]. */
export type Predictions = {
  readonly kl: readonly number[] | null;
  readonly differenceA: readonly number[] | null;
  readonly differenceB: readonly number[] | null;
};

/**
 * What a panel is in, apart from its content. `stale`: the content is of an earlier experiment. `error`: nothing came of what it waits
 * for; why is said once, in the banner.
 */
export type PanelState =
  | { readonly kind: 'ready' }
  | { readonly kind: 'loading'; readonly what: string }
  | { readonly kind: 'stale' }
  | { readonly kind: 'empty'; readonly what: string }
  | { readonly kind: 'error'; readonly message: string };
