// The worker's two ends joined in this process, over the test's GPU and the bundled model on disk.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { DEFAULT_EXPERIMENT, gpuOf } from '../../src/engine/index.ts';
import { nodeFolder } from '../../src/sources/folder.node.ts';
import { connect } from '../../src/worker/client.ts';
import { serve } from '../../src/worker/host.ts';
import { Models } from '../../src/worker/models.ts';
import { openFolder } from '../../src/worker/openModel.ts';
import { WorkerEngines } from '../../src/worker/otherEngines.ts';
import type { FromWorker, ToWorker } from '../../src/worker/protocol.ts';
import { Workbench } from '../../src/worker/workbench.ts';
import { testDevice } from './gpu.ts';

const WASM = createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm');

/** Opens a workbench and a client on it; whoever opened it closes it. */
export async function openBench() {
  const device = await testDevice();
  const { port1, port2 } = new MessageChannel();
  const bench = new Workbench({
    openGpu: async () => gpuOf(device),
    openModel: async (model, { signal }) => ({
      ...(await openFolder(
        nodeFolder(`public/models/${model.source === 'bundled' ? model.name : 'demo-gqa'}`),
        signal,
      )),
      referenceOf: () => (model.source === 'bundled' ? model : DEFAULT_EXPERIMENT.model),
      origin: async () => ({ license: null, isCached: false, notice: null }),
      onUpload: () => {},
      close: async () => {},
    }),
    demoFolder: (name) => nodeFolder(`public/models/${name}`),
    engines: new WorkerEngines({ isIsolated: false, cores: 1, hasWebGpu: false, wasmBinary: readFileSync(WASM) }),
    canvases: null,
    appVersion: 'test',
    onDeviceLost: () => {},
  });
  const inner = {
    postMessage: (m: FromWorker, transfer: Transferable[]) => port2.postMessage(m, transfer),
    onmessage: null,
  };
  serve(inner, { ...bench.handlers, ...new Models({ baseUrl: 'http://none/', storage: async () => null }).handlers });
  const host: { onmessage: ((event: MessageEvent<ToWorker>) => void) | null } = inner;
  port2.onmessage = (event) => host.onmessage?.(event);
  const channel: Parameters<typeof connect>[0] = { postMessage: (m) => port1.postMessage(m), onmessage: null };
  const { client } = connect(channel);
  port1.onmessage = (event) => channel.onmessage?.(event);
  return { client, close: () => port1.close() };
}
