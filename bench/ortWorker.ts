// One ONNX Runtime in a worker of its own: the runtime fixes its number of threads once for the realm that it lives in.
import type { OnnxProvider } from '../src/onnx/session.ts';
import type { TimedRun } from './engine.ts';
import { OrtEngine } from './ortEngine.ts';

export type OrtRequest =
  | { readonly call: 'open'; readonly provider: OnnxProvider; readonly seed: number }
  | { readonly call: 'prepare'; readonly nPos: number }
  | { readonly call: 'run' };

export type OrtReply = { readonly failure: string } | { readonly run: TimedRun | null };

let engine: OrtEngine | null = null;

async function answer(request: OrtRequest): Promise<TimedRun | null> {
  if (request.call === 'open') {
    engine = await OrtEngine.open(request.provider, request.seed);
    return null;
  }
  if (engine === null) throw new Error('internal: open comes first');
  if (request.call === 'run') return engine.run();
  await engine.prepare(request.nPos);
  return null;
}

self.addEventListener('message', async (event: MessageEvent<OrtRequest>) => {
  let reply: OrtReply;
  try {
    reply = { run: await answer(event.data) };
  } catch (error) {
    reply = { failure: error instanceof Error ? `${error.message}` : String(error) };
  }
  self.postMessage(reply);
});
