// CheckpointError: what is wrong with a checkpoint's files, worded for the person who chose them (never our own bug).

export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}

/** Shortens a foreign value for an error: never a page of JSON, never a throw. */
export function showValue(value: unknown): string {
  const text = typeof value === 'bigint' ? `${value}n` : (JSON.stringify(value) ?? String(value));
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
