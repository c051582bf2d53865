// The page's side of an ONNX Runtime in a worker: one request, one reply, in turn.
import type { OnnxProvider } from '../src/onnx/session.ts';
import type { EngineUnderTest, TimedRun } from './engine.ts';
import type { OrtReply, OrtRequest } from './ortWorker.ts';

export class OrtClient implements EngineUnderTest {
  readonly #worker: Worker;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  /** Starts a worker and opens a session in it. Throws what the runtime says. */
  static async open(provider: OnnxProvider, seed: number): Promise<OrtClient> {
    const worker = new Worker(new URL('./ortWorker.ts', import.meta.url), { type: 'module' });
    const client = new OrtClient(worker);
    await client.#ask({ call: 'open', provider, seed });
    return client;
  }

  async prepare(nPos: number): Promise<void> {
    await this.#ask({ call: 'prepare', nPos });
  }

  async run(): Promise<TimedRun> {
    const run = await this.#ask({ call: 'run' });
    if (run === null) throw new Error('internal: a run was answered without its result');
    return run;
  }

  #ask(request: OrtRequest): Promise<TimedRun | null> {
    return new Promise((resolve, reject) => {
      const fail = (event: ErrorEvent) => reject(new Error(`the worker of ONNX Runtime failed: ${event.message}`));
      this.#worker.addEventListener('error', fail, { once: true });
      this.#worker.addEventListener(
        'message',
        ({ data }: MessageEvent<OrtReply>) => {
          this.#worker.removeEventListener('error', fail);
          if ('failure' in data) reject(new Error(data.failure));
          else resolve(data.run);
        },
        { once: true },
      );
      this.#worker.postMessage(request);
    });
  }
}
