// Long work of a sitting, by name: a sweep, paths, a continuation, a reading. Another of the same name takes its place; another model
// ends all of them.
export type JobName = 'sweep' | 'paths' | 'continuation' | 'reading' | 'circuits' | 'repeatedScores' | 'probe' | 'mean';

export class Jobs {
  readonly #controllers = new Map<JobName, AbortController>();

  /** Ends the job of that name, and gives the signal of the one that takes its place. */
  begin(name: JobName): AbortSignal {
    this.end(name);
    const controller = new AbortController();
    this.#controllers.set(name, controller);
    return controller.signal;
  }

  end(name: JobName): void {
    this.#controllers.get(name)?.abort();
    this.#controllers.delete(name);
  }

  endAll(): void {
    for (const name of [...this.#controllers.keys()]) this.end(name);
  }
}
