// How long to wait before asking again: doubling from half a second with jitter, or as long as the server's Retry-After says.

/** Attempts in a row without a single byte before giving up. */
export const MAX_ATTEMPTS = 6;
const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 30_000;
/** A server that asks for more is told to the user as a failure, not waited for. */
const MAX_RETRY_AFTER_MS = 5 * 60_000;

/** Statuses after which the same request may succeed: too many, and what a server or the proxy before it calls its own fault. */
export function isTransient(status: number): boolean {
  return status === 408 || status === 429 || (status >= 500 && status !== 501);
}

/** The wait before attempt `attempt` (1 is the first repetition), jittered down to half so that many clients do not come together. */
export function backOffMs(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1));
  return full * (0.5 + random() / 2);
}

/** Says when it is asked again, to stand behind why. */
export function tryingAgain(delayMs: number): string {
  return `Trying again in ${Math.max(1, Math.round(delayMs / 1000))} s.`;
}

/** Reads Retry-After, seconds or a date; null where it says nothing usable (also where CORS hides it) or more than five minutes. */
export function retryAfterMs(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : (Date.parse(header) - nowMs) / 1000;
  const delayMs = Math.max(0, seconds * 1000);
  return Number.isFinite(delayMs) && delayMs <= MAX_RETRY_AFTER_MS ? delayMs : null;
}
