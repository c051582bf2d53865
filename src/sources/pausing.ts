// Pausing: a switch that whoever moves bytes looks at between pieces. A paused download keeps what it has and asks for nothing.

export interface Pausing {
  readonly isPaused: boolean;
  /** Calls back at each change. Returns the way to stop. */
  subscribe(listener: () => void): () => void;
}

/** What is never paused. */
export const NEVER_PAUSED: Pausing = { isPaused: false, subscribe: () => () => {} };

/** Resolves when nothing is paused; rejects with the signal's reason. */
export async function whenRunning(pausing: Pausing, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  if (!pausing.isPaused) return;
  await new Promise<void>((resolve, reject) => {
    const stop = pausing.subscribe(() => {
      if (!pausing.isPaused) settle(resolve);
    });
    const onAbort = () => settle(() => reject(signal?.reason));
    const settle = (how: () => void) => {
      stop();
      signal?.removeEventListener('abort', onAbort);
      how();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** Waits; rejects with the signal's reason as soon as it aborts. */
export async function wait(delayMs: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, delayMs);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
