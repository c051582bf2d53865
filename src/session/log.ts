// Writing the log of a sitting. Tensors are not kept: a run of the log is compared by running it again.
import type { LogEntry, Notice, RunEntry } from './logEntry.ts';
import type { Shown } from './state.ts';

/** Adds a finished run. */
export function withRun(log: readonly LogEntry[], shown: Shown, notice: Notice): readonly LogEntry[] {
  const { experiment, result, tokens, outputs } = shown;
  const top = outputs?.rows[0];
  const probability = (top?.a ?? top?.b)?.probability;
  const isLast = outputs?.position === tokens.length - 1;
  const entry: RunEntry = {
    kind: 'run',
    id: nextId(log),
    atMs: Date.now(),
    experiment: { ...experiment, fingerprint: null },
    nTokens: result.tokenIds.length,
    elapsedMs: { a: result.a?.elapsedMs ?? null, b: result.b?.elapsedMs ?? null },
    next: top && probability !== undefined && isLast ? { text: top.token.text, probability } : null,
    notice,
    fingerprint: result.fingerprint,
  };
  return [...log, entry];
}

/** Adds something that happened. */
export function withEvent(log: readonly LogEntry[], notice: Notice): readonly LogEntry[] {
  return [...log, { kind: 'event', id: nextId(log), atMs: Date.now(), notice }];
}

function nextId(log: readonly LogEntry[]): number {
  return (log.at(-1)?.id ?? 0) + 1;
}
