// The worker's end of the protocol: takes requests from a channel, hands them to a bench of handlers, and answers.
import { CheckpointError, GpuError } from '../engine/index.ts';
import type { Pausing } from '../sources/pausing.ts';
import { SourceError } from '../sources/sourceError.ts';
import { PauseSwitch } from './pauseSwitch.ts';
import type { Answers, Failure, FromWorker, Progress, Request, ToWorker } from './protocol.ts';

export type Handling = {
  readonly signal: AbortSignal;
  readonly pausing: Pausing;
  readonly onProgress: (progress: Progress) => void;
};

type Requests = { readonly [K in Request['kind']]: Extract<Request, { kind: K }> };

/** One handler a kind of request. */
export type Handlers = {
  readonly [K in Request['kind']]: (request: Requests[K], handling: Handling) => Promise<Answers[K]>;
};

export type HostChannel = {
  postMessage(message: FromWorker, transfer: Transferable[]): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
};

/** A failure that is known for what it is, on its way to the page. */
export class KnownFailure extends Error {
  readonly kind: Failure['kind'];

  constructor(kind: Failure['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Serves a channel until it closes. Requests of different kinds may overlap; order among runs is the handlers' business. */
export function serve(channel: HostChannel, handlers: Handlers): void {
  const running = new Map<number, { readonly controller: AbortController; readonly pausing: PauseSwitch }>();
  channel.onmessage = ({ data }) => {
    if ('abort' in data) {
      running.get(data.id)?.controller.abort();
      return;
    }
    if ('isPaused' in data) {
      running.get(data.id)?.pausing.set(data.isPaused);
      return;
    }
    const { id, request } = data;
    const controller = new AbortController();
    const pausing = new PauseSwitch();
    running.set(id, { controller, pausing });
    const handling: Handling = {
      signal: controller.signal,
      pausing,
      onProgress: (progress) => channel.postMessage({ id, progress }, []),
    };
    dispatch(handlers, request.kind, request, handling)
      .then(
        (answer) => channel.postMessage({ id, answer }, buffersOf(answer)),
        (error: unknown) => channel.postMessage({ id, failure: failureOf(error, controller.signal) }, []),
      )
      .finally(() => running.delete(id));
  };
}

/** Hands a request to the handler of its kind. `kind` is the request's own: TypeScript pairs the two by it. */
function dispatch<K extends Request['kind']>(handlers: Handlers, kind: K, request: Requests[K], handling: Handling) {
  const handler: (request: Requests[K], handling: Handling) => Promise<Answers[K]> = handlers[kind];
  return handler(request, handling);
}

/** Tensors cross without a copy. */
function buffersOf(answer: Answers[keyof Answers]): Transferable[] {
  if (answer === null) return [];
  if ('values' in answer && answer.values instanceof Float32Array) return [answer.values.buffer];
  if ('heads' in answer) return [answer.heads.values.buffer];
  if ('content' in answer)
    return [answer.content instanceof Uint8ClampedArray ? answer.content.buffer : answer.content];
  if (!('delta' in answer)) return [];
  const { a, b, delta } = answer;
  return [a, b, delta].flatMap((matrix) => matrix?.levels.map(({ buffer }) => buffer) ?? []);
}

function failureOf(error: unknown, signal: AbortSignal): Failure {
  if (signal.aborted) return { kind: 'aborted', message: 'A newer run was wanted.' };
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof KnownFailure) return { kind: error.kind, message };
  if (error instanceof GpuError) return { kind: error.kind, message };
  if (error instanceof SourceError) return { kind: error.kind, message };
  if (error instanceof CheckpointError) return { kind: 'input', message };
  return { kind: message.startsWith('internal:') ? 'internal' : 'input', message };
}
