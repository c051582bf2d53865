// The switch between page and worker that pauses a download: the page's end is thrown, the worker's end follows.
import type { Pausing } from '../sources/pausing.ts';

export class PauseSwitch implements Pausing {
  #isPaused = false;
  readonly #listeners = new Set<() => void>();

  get isPaused(): boolean {
    return this.#isPaused;
  }

  set(isPaused: boolean): void {
    if (this.#isPaused === isPaused) return;
    this.#isPaused = isPaused;
    for (const listener of [...this.#listeners]) listener();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
