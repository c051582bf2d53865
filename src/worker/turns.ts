// Turns on the GPU: prepared runs and captures share memory and counters, so that one piece of work goes after the other. Long work
// rests between its parts: whoever waits goes first, so that a sweep does not keep the page from its questions.

/** Ends the present turn and waits for another, behind all that wait already. */
export type Rest = () => Promise<void>;

export class Turns {
  #last: Promise<void> = Promise.resolve();

  /** Runs work in its turn; the work may rest between parts that leave nothing half done. */
  async take<T>(work: (rest: Rest) => Promise<T>): Promise<T> {
    let end = await this.#next();
    try {
      return await work(async () => {
        end();
        end = await this.#next();
      });
    } finally {
      end();
    }
  }

  /** Waits for a turn; gives what ends it. */
  async #next(): Promise<() => void> {
    const before = this.#last;
    let end = () => {};
    this.#last = new Promise((resolve) => {
      end = resolve;
    });
    await before;
    return end;
  }
}
