// The worker's module: joins the host's WebGPU and the models that lie beside the page to a workbench, and serves the page.
import { openGpu } from '../engine/index.ts';
import { bundledFolder } from '../sources/bundled.ts';
import { opfsStorage } from '../sources/cache/opfsStorage.ts';
import { tryInWorker } from './canvasTrial.ts';
import { type HostChannel, KnownFailure, serve } from './host.ts';
import { Models } from './models.ts';
import { WorkerEngines } from './otherEngines.ts';
import type { FromWorker } from './protocol.ts';
import { Workbench } from './workbench.ts';

declare const __APP_VERSION__: string;

/** The page's folder: the bundled worker lies in assets/, the unbundled one is served from src/worker/. */
const PAGE_URL = new URL(import.meta.env.BASE_URL === './' ? '../' : import.meta.env.BASE_URL, import.meta.url).href;

const channel: HostChannel = {
  postMessage: (message: FromWorker, transfer) => self.postMessage(message, { transfer }),
  onmessage: null,
};
self.onmessage = (event: MessageEvent) => channel.onmessage?.(event);

const models = new Models({ baseUrl: PAGE_URL, storage: opfsStorage });
const workbench = new Workbench({
  openGpu: async () => {
    if (!navigator.gpu) throw new KnownFailure('no-webgpu', 'This browser has no WebGPU.');
    return openGpu(navigator.gpu);
  },
  openModel: (model, handling) => models.open(model, handling),
  demoFolder: (name) => bundledFolder({ name, baseUrl: PAGE_URL }),
  engines: new WorkerEngines({
    isIsolated: crossOriginIsolated,
    cores: navigator.hardwareConcurrency,
    hasWebGpu: Boolean(navigator.gpu),
  }),
  canvases:
    typeof OffscreenCanvas === 'function'
      ? { make: (widthPx, heightPx) => new OffscreenCanvas(widthPx, heightPx), tryOne: tryInWorker }
      : null,
  appVersion: __APP_VERSION__,
  onDeviceLost: (deviceLost) => channel.postMessage({ deviceLost }, []),
});

serve(channel, { ...workbench.handlers, ...models.handlers });
