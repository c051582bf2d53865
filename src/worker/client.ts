// The page's end of the worker: one promise a request, progress on the way, an abort that crosses.
import type { Pausing } from '../sources/pausing.ts';
import type { Answers, Failure, FromWorker, Progress, Request, RequestOf, ToWorker } from './protocol.ts';

/** What went wrong in the worker, as an Error; `failure` is the data that the page words. */
export class WorkerFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.name = 'WorkerFailure';
    this.failure = failure;
  }
}

export type AskOptions = {
  readonly signal?: AbortSignal;
  readonly pausing?: Pausing; // followed by the worker until the answer
  readonly onProgress?: (progress: Progress) => void;
};
export type DeviceLost = { readonly reason: string; readonly message: string };

export type Client = {
  /** Asks the worker; rejects with a WorkerFailure. */
  ask<K extends Request['kind']>(request: RequestOf<K>, options?: AskOptions): Promise<Answers[K]>;
  /** Calls back when the GPU is lost. Returns the way to stop. */
  onDeviceLost(listener: (lost: DeviceLost) => void): () => void;
  dispose(): void;
};

/** What a Worker and a MessagePort have in common. */
export type Channel = {
  postMessage(message: ToWorker): void;
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null;
};

type Pending = {
  readonly resolve: (answer: Answers[keyof Answers]) => void;
  readonly reject: (error: WorkerFailure) => void;
  readonly onProgress: (progress: Progress) => void;
};

/** Starts the engine's worker and opens a client on it. */
export function createClient(): Client {
  const worker = new Worker(new URL('./entry.ts', import.meta.url), { type: 'module', name: 'splitscope engine' });
  const { client, fail } = connect(worker);
  worker.onerror = (event) =>
    fail(`internal: the engine's worker stopped: ${event.message || 'it could not be loaded'}`);
  return {
    ...client,
    dispose: () => {
      client.dispose();
      worker.terminate();
    },
  };
}

/** Opens a client on a channel; `fail` rejects all that is pending, as when the worker crashed. */
export function connect(channel: Channel): { readonly client: Client; readonly fail: (message: string) => void } {
  const pending = new Map<number, Pending>();
  const listeners = new Set<(lost: DeviceLost) => void>();
  let lastId = 0;
  const fail = (message: string): void => {
    for (const { reject } of pending.values()) reject(new WorkerFailure({ kind: 'internal', message }));
    pending.clear();
  };
  channel.onmessage = ({ data }) => {
    if ('deviceLost' in data) {
      for (const listener of listeners) listener(data.deviceLost);
    } else {
      settle(pending, data);
    }
  };
  const client: Client = {
    ask<K extends Request['kind']>(request: RequestOf<K>, options: AskOptions = {}): Promise<Answers[K]> {
      lastId += 1;
      const id = lastId;
      const abort = () => channel.postMessage({ id, abort: true });
      options.signal?.addEventListener('abort', abort, { once: true });
      const { pausing } = options;
      const unfollow = pausing?.subscribe(() => channel.postMessage({ id, isPaused: pausing.isPaused }));
      const answered = new Promise<Answers[K]>((resolve, reject) => {
        // The protocol answers each request with its own kind; this is the door where the message becomes that type.
        const take = resolve as (answer: Answers[keyof Answers]) => void;
        pending.set(id, { resolve: take, reject, onProgress: options.onProgress ?? (() => {}) });
        channel.postMessage({ id, request });
        if (options.signal?.aborted) channel.postMessage({ id, abort: true });
      });
      return answered.finally(() => {
        options.signal?.removeEventListener('abort', abort); // one run's signal is that of all its questions
        unfollow?.();
      });
    },
    onDeviceLost(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose: () => fail('The page closed its worker.'),
  };
  return { client, fail };
}

function settle(pending: Map<number, Pending>, message: Exclude<FromWorker, { deviceLost: DeviceLost }>): void {
  const request = pending.get(message.id);
  if (!request) return; // aborted and forgotten
  if ('progress' in message) {
    request.onProgress(message.progress);
    return;
  }
  pending.delete(message.id);
  if ('answer' in message) request.resolve(message.answer);
  else request.reject(new WorkerFailure(message.failure));
}
