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

/** One handler a kind of request. */
export type Handlers = {
  readonly [K in Request['kind']]: (request: Extract<Request, { kind: K }>, handling: Handling) => Promise<Answers[K]>;
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
    dispatch(handlers, request, handling)
      .then(
        (answer) => channel.postMessage({ id, answer }, buffersOf(answer)),
        (error: unknown) => channel.postMessage({ id, failure: failureOf(error, controller.signal) }, []),
      )
      .finally(() => running.delete(id));
  };
}

function dispatch(handlers: Handlers, request: Request, handling: Handling): Promise<Answers[keyof Answers]> {
  switch (request.kind) {
    case 'openDevice':
      return handlers.openDevice(request, handling);
    case 'measureAdapter':
      return handlers.measureAdapter(request, handling);
    case 'offerModel':
      return handlers.offerModel(request, handling);
    case 'setHub':
      return handlers.setHub(request, handling);
    case 'listCached':
      return handlers.listCached(request, handling);
    case 'removeCached':
      return handlers.removeCached(request, handling);
    case 'loadModel':
      return handlers.loadModel(request, handling);
    case 'heldModel':
      return handlers.heldModel(request, handling);
    case 'setBudget':
      return handlers.setBudget(request, handling);
    case 'planMemory':
      return handlers.planMemory(request, handling);
    case 'tokenize':
      return handlers.tokenize(request, handling);
    case 'describeTokens':
      return handlers.describeTokens(request, handling);
    case 'run':
      return handlers.run(request, handling);
    case 'atlas':
      return handlers.atlas(request, handling);
    case 'head':
      return handlers.head(request, handling);
    case 'inspect':
      return handlers.inspect(request, handling);
    case 'compare':
      return handlers.compare(request, handling);
    case 'outputs':
      return handlers.outputs(request, handling);
    case 'predictions':
      return handlers.predictions(request, handling);
    case 'table':
      return handlers.table(request, handling);
    case 'sweep':
      return handlers.sweep(request, handling);
    case 'paths':
      return handlers.paths(request, handling);
    case 'reading':
      return handlers.reading(request, handling);
    case 'circuits':
      return handlers.circuits(request, handling);
    case 'headScores':
      return handlers.headScores(request, handling);
    case 'generate':
      return handlers.generate(request, handling);
    case 'openCaptures':
      return handlers.openCaptures(request, handling);
    case 'values':
      return handlers.values(request, handling);
    default:
      return request satisfies never;
  }
}

/** Tensors cross without a copy. */
function buffersOf(answer: Answers[keyof Answers]): Transferable[] {
  return answer !== null && 'values' in answer && answer.values instanceof Float32Array ? [answer.values.buffer] : [];
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
