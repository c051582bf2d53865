// Bytes over time: how many of how many, and when the rest will be there at the pace of the last seconds.

export type Reading = { readonly doneBytes: number; readonly totalBytes: number; readonly etaMs: number | null };

const WINDOW_MS = 5_000;
const SETTLE_MS = 400; // before that a pace is a guess

export class ProgressMeter {
  readonly #totalBytes: number;
  readonly #samples: { atMs: number; doneBytes: number }[] = [];
  #doneBytes: number;

  /** `doneBytes`: what was there before; it counts as done and not as pace. */
  constructor(totalBytes: number, doneBytes = 0) {
    this.#totalBytes = totalBytes;
    this.#doneBytes = doneBytes;
  }

  get isComplete(): boolean {
    return this.#doneBytes >= this.#totalBytes;
  }

  add(byteCount: number, nowMs: number): void {
    if (this.#samples.length === 0) this.#samples.push({ atMs: nowMs, doneBytes: this.#doneBytes });
    this.#doneBytes += byteCount;
    this.#samples.push({ atMs: nowMs, doneBytes: this.#doneBytes });
    while (this.#samples.length > 2 && nowMs - (this.#samples[0]?.atMs ?? nowMs) > WINDOW_MS) this.#samples.shift();
  }

  /** Forgets the pace, as after a pause. */
  restart(): void {
    this.#samples.length = 0;
  }

  read(): Reading {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    const elapsedMs = first && last ? last.atMs - first.atMs : 0;
    const passedBytes = first && last ? last.doneBytes - first.doneBytes : 0;
    const left = Math.max(0, this.#totalBytes - this.#doneBytes);
    const etaMs = elapsedMs < SETTLE_MS || passedBytes <= 0 ? null : (left * elapsedMs) / passedBytes;
    return { doneBytes: this.#doneBytes, totalBytes: this.#totalBytes, etaMs };
  }
}
