// The pipelines of recorded runs, compiled beside whatever else goes on (bytes arriving), and how far that is.
import type { Gpu } from '../gpu/device.ts';
import { pipelineKey } from '../gpu/pipelineCache.ts';
import type { Dispatch } from '../gpu/plan.ts';

/** Starts at once; whoever needs the pipelines awaits `end`. */
export class Compiling {
  readonly #all: Promise<unknown>;
  readonly #tell: () => void;

  /** `onCompiled` is told after each pipeline, and by `end`. */
  constructor(
    gpu: Gpu,
    runs: readonly { readonly dispatches: readonly Dispatch[] }[],
    onCompiled: (done: number, total: number) => void = () => {},
  ) {
    const dispatches = runs.flatMap((run) => run.dispatches);
    const wanted = new Map(dispatches.map((dispatch) => [pipelineKey(dispatch.kernel, dispatch.overrides), dispatch]));
    let done = 0;
    this.#tell = () => onCompiled(done, wanted.size);
    this.#all = Promise.all(
      [...wanted.values()].map(async ({ kernel, overrides }) => {
        await gpu.pipelines.compile(kernel, overrides);
        done += 1;
        this.#tell();
      }),
    );
    this.#all.catch(() => {}); // thrown by `end`, or by nobody where something else fails first
  }

  /** Resolves when all are compiled. Throws with the WGSL compiler's message. */
  async end(): Promise<void> {
    this.#tell();
    await this.#all;
  }
}
