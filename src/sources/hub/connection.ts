// One request's life: it ends when the caller aborts, when the download is paused, or when nothing is heard for too long.
import type { Pausing } from '../pausing.ts';

export type ConnectionOptions = {
  readonly pausing: Pausing;
  readonly signal?: AbortSignal | undefined;
  readonly stallMs?: number; // a connection silent for so long is dropped
};

const STALL_MS = 30_000;

/** Gives the signal of one request and says afterwards which of the three ended it. */
export class Connection {
  isPaused = false;
  isStalled = false;
  readonly #controller = new AbortController();
  readonly #stallMs: number;
  readonly #stops: (() => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor({ signal, pausing, stallMs = STALL_MS }: ConnectionOptions) {
    this.#stallMs = stallMs;
    const onAbort = () => this.#controller.abort(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#stops.push(() => signal?.removeEventListener('abort', onAbort));
    this.#stops.push(
      pausing.subscribe(() => {
        this.isPaused = pausing.isPaused;
        if (pausing.isPaused) this.#controller.abort();
      }),
    );
    if (signal?.aborted) onAbort();
    this.heard();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  heard(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.isStalled = true;
      this.#controller.abort();
    }, this.#stallMs);
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const stop of this.#stops) stop();
  }
}
