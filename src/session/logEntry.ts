// An entry of the sitting's log: what was run and what came of it, in a sentence, or what else happened. Plain data.
import type { Experiment, Fingerprint } from '../engine/index.ts';

export type Notice = { readonly text: string; readonly tone: 'info' | 'good' | 'bad' };

export type RunEntry = {
  readonly kind: 'run';
  readonly id: number; // counts entries of the sitting from 1
  readonly atMs: number; // since 1970
  readonly experiment: Experiment;
  readonly nTokens: number;
  readonly elapsedMs: { readonly a: number | null; readonly b: number | null };
  readonly next: { readonly text: string; readonly probability: number } | null; // likeliest token after the last
  readonly notice: Notice;
  readonly fingerprint: Fingerprint;
};

export type EventEntry = {
  readonly kind: 'event'; // a model loaded, a run that failed, a device lost
  readonly id: number;
  readonly atMs: number;
  readonly notice: Notice;
};

export type LogEntry = RunEntry | EventEntry;
