// Old links: one pure function a version step, applied in turn. Version 1 is the first, so there is no step yet.

export const CURRENT_VERSION = 1;

/** STEPS[n − 1] turns the JSON of a version-n link into that of version n + 1, writing out defaults that changed between them. */
const STEPS: readonly ((sent: Record<string, unknown>) => Record<string, unknown>)[] = [];

/** Brings a link's JSON from its version to the current one. */
export function migrate(version: number, sent: Record<string, unknown>): Record<string, unknown> {
  return STEPS.slice(version - 1).reduce((json, step) => step(json), sent);
}
