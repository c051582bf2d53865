// What the log shows, as plain data. Structurally the sitting's own entries; views know no session.
import type { Experiment } from '../../engine/index.ts';

type Notice = { readonly text: string; readonly tone: 'info' | 'good' | 'bad' };

export type LoggedRun = {
  readonly kind: 'run';
  readonly id: number;
  readonly atMs: number;
  readonly experiment: Experiment;
  readonly nTokens: number;
  readonly elapsedMs: { readonly a: number | null; readonly b: number | null };
  readonly next: { readonly text: string; readonly probability: number } | null;
  readonly notice: Notice;
};

export type LoggedEntry =
  | LoggedRun
  | { readonly kind: 'event'; readonly id: number; readonly atMs: number; readonly notice: Notice };

/** What two runs' fingerprints say of each other; `whyNot`: why one cannot be run against the other. */
export type Relation = { readonly text: string; readonly whyNot: string | null };
