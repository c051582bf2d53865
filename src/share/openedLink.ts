// What opening a link gives, whichever form it was in.
import type { Experiment } from '../engine/index.ts';

/** The whole experiment, and in sentences what of the link could not be used. */
export type OpenedLink = { readonly experiment: Experiment; readonly problems: readonly string[] };
