// What a rejected promise means to the page: the worker's own words, or a fault of ours.
import { WorkerFailure } from '../worker/client.ts';
import type { Failure } from '../worker/protocol.ts';

/** The failure that an error carries; an error that the worker did not word is internal. */
export function failureOf(error: unknown): Failure {
  if (error instanceof WorkerFailure) return error.failure;
  return { kind: 'internal', message: error instanceof Error ? error.message : String(error) };
}
