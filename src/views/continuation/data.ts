// What the Continuation is given. Structurally what the session keeps.
import type { PatternRow, StopReason } from '../../engine/index.ts';
import type { ViewToken } from '../data.ts';

export type WrittenToken = {
  readonly token: ViewToken;
  readonly position: number; // in the whole text
  readonly probability: number; // before temperature, top-k and top-p
  readonly elapsedMs: number;
  readonly pattern: PatternRow | null; // what the row that chose it attended to
};

export type WrittenText = {
  readonly tokens: readonly WrittenToken[];
  readonly ended: {
    readonly stopped: StopReason;
    readonly notApplied: readonly { readonly index: number; readonly why: string }[];
  } | null; // null while it goes on, or where it was stopped
};

export type ContinuationView = {
  readonly prompt: readonly ViewToken[];
  readonly isRunning: boolean;
  readonly a: WrittenText | null;
  readonly b: WrittenText | null;
};
