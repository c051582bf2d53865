// Our own engine under test: fused, split, and split with every activation captured and read back.
import {
  type Gpu,
  loadModel,
  type Model,
  openCheckpoint,
  openGpu,
  type PreparedRun,
  prepareRun,
  type Readback,
} from '../src/engine/index.ts';
import type { EngineUnderTest, KernelRow, TimedRun } from './engine.ts';
import { randomCheckpoint, randomTokens } from './randomCheckpoint.ts';

/** Opens the GPU and loads the random checkpoint. */
export async function loadOurModel(gpu: GPU, seed: number): Promise<Model> {
  return loadModel(await openGpu(gpu), await openCheckpoint(randomCheckpoint(seed)));
}

export class OurEngine implements EngineUnderTest {
  readonly #model: Model;
  readonly #qkv: 'fused' | 'split';
  readonly #captureAll: boolean;
  readonly #seed: number;
  #ready: { readonly run: PreparedRun; readonly output: Output; readonly tokenIds: readonly number[] } | null = null;

  constructor(model: Model, options: { qkv: 'fused' | 'split'; captureAll: boolean; seed: number }) {
    this.#model = model;
    this.#qkv = options.qkv;
    this.#captureAll = options.captureAll;
    this.#seed = options.seed;
  }

  async prepare(nPos: number): Promise<void> {
    this.#ready?.output.destroy();
    this.#ready?.run.destroy();
    const run = await prepareRun({
      model: this.#model,
      spec: { qkv: this.#qkv, kv: 'broadcast', order: { kind: 'canonical' } },
      batch: 1,
      nPos,
      capture: this.#captureAll ? 'standard' : 'none',
      headInputs: 'shared',
    });
    const output = this.#captureAll ? await everything(run) : lastLogits(this.#model.gpu, run);
    this.#ready = { run, output, tokenIds: randomTokens(nPos, this.#seed) };
  }

  async run(): Promise<TimedRun> {
    const { run, output, tokenIds } = this.#prepared();
    const startMs = performance.now();
    run.submit(tokenIds, (encoder) => output.encode(encoder));
    const logits = await output.read();
    return { elapsedMs: performance.now() - startMs, logits };
  }

  /** Multiply-adds of the products of one pass, counted from shapes. */
  get multiplyAdds(): number {
    return this.#prepared().run.plan.multiplyAdds;
  }

  /** GPU time by kernel, and of products by what they make, from timestamps; null where the adapter has none. */
  async kernels(): Promise<readonly KernelRow[] | null> {
    const { run, tokenIds } = this.#prepared();
    const times = await run.time(tokenIds);
    if (times === null) return null;
    const rows = new Map<string, KernelRow>();
    run.plan.dispatches.forEach(({ kernel, label, multiplyAdds }, at) => {
      const isProduct = multiplyAdds > 0; // told apart by what it makes in a block: each has a shape of its own
      const name = isProduct ? `${kernel.name}: ${label.replace(/^blocks\.\d+\./, '')}` : kernel.name;
      const sum = rows.get(name) ?? { kernel: name, dispatches: 0, gpuMs: 0, multiplyAdds: 0 };
      rows.set(name, {
        kernel: name,
        dispatches: sum.dispatches + 1,
        gpuMs: sum.gpuMs + (times[at] ?? 0),
        multiplyAdds: sum.multiplyAdds + multiplyAdds,
      });
    });
    return [...rows.values()].sort((a, b) => b.gpuMs - a.gpuMs);
  }

  #prepared() {
    if (this.#ready === null) throw new Error('internal: prepare(nPos) comes before run()');
    return this.#ready;
  }
}

/** What a run hands to its caller: encoded with the pass, read after it. */
type Output = {
  encode(encoder: GPUCommandEncoder): void;
  read(): Promise<Float32Array>; // logits of the last position: [d_vocab]
  destroy(): void;
};

/** Every captured activation, in arrays that each run fills anew; among them the logits of all positions. */
async function everything(run: PreparedRun): Promise<Output> {
  const { hooks } = run.capture;
  const readback: Readback = await run.capture.planReadback(hooks);
  const arrays = readback.makeArrays();
  const { dVocab } = run.request.model.config;
  return {
    encode: (encoder) => readback.encode(encoder),
    read: async () => {
      const logits = (await readback.read(arrays))[hooks.indexOf(run.logitsHook)];
      if (!logits) throw new Error('internal: the logits were not captured');
      return logits.slice(-dVocab);
    },
    destroy: () => readback.destroy(),
  };
}

/** Nothing but the last position's logits. */
function lastLogits({ device }: Gpu, run: PreparedRun): Output {
  const logits = run.capture.tensor(run.logitsHook);
  if (!logits) throw new Error('internal: the logits were not captured');
  const { dVocab } = run.request.model.config;
  const offset = logits.offset + (run.request.nPos - 1) * (logits.strides[0] ?? 0);
  const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
  const staging = device.createBuffer({ label: 'last logits', size: dVocab * 4, usage });
  return {
    encode: (encoder) => encoder.copyBufferToBuffer(logits.slot.buffer, offset * 4, staging, 0, dVocab * 4),
    read: async () => {
      await staging.mapAsync(GPUMapMode.READ);
      const values = new Float32Array(staging.getMappedRange().slice(0));
      staging.unmap();
      return values;
    },
    destroy: () => staging.destroy(),
  };
}
