// A model on ONNX Runtime Web: opened once, run on token ids, captures out under their hook names. The only importer of
// onnxruntime-web; its megabytes load with the first session and not before.
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import type { HookName, Shape } from '../engine/index.ts';
import { LAST_LOGITS, LOGITS, type OnnxModel, readExternalData } from './onnxModel.ts';

type Runtime = typeof import('onnxruntime-web/wasm');

export type OnnxProvider =
  | { readonly kind: 'webgpu' }
  | {
      readonly kind: 'wasm';
      readonly threads: number; // the runtime fixes it for a page or worker when its first session opens
      readonly wasmBinary?: Uint8Array<ArrayBuffer>; // for hosts that cannot fetch it: Node
    };

export type OnnxTensor = { readonly shape: Shape; readonly values: Float32Array<ArrayBuffer> };

export type OnnxRun = {
  readonly elapsedMs: number; // from the call to the values in hand
  readonly logits: OnnxTensor; // [pos, d_vocab], or [1, d_vocab] where only the last position was wanted
  readonly hooks: ReadonlyMap<HookName, OnnxTensor>; // batch axis left out
};

/** Opens a session: loads the runtime, reads the weights, hands both over. Throws the runtime's message with what was asked of it. */
export async function openOnnxSession(
  model: OnnxModel,
  provider: OnnxProvider,
  signal?: AbortSignal,
): Promise<OnnxSession> {
  const runtime = await loadRuntime(provider);
  const externalData = await readExternalData(model, signal);
  try {
    const session = await runtime.InferenceSession.create(model.bytes, {
      executionProviders: [provider.kind],
      externalData,
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3, // errors: that shape operators run on the processor is no news
    });
    return new OnnxSession(runtime, session, model);
  } catch (cause) {
    const config = model.checkpoint.config;
    throw new Error(
      `ONNX Runtime (${provider.kind}) did not take the ${model.form} graph of this ${config.modelType}: ${cause}`,
      { cause },
    );
  }
}

export class OnnxSession {
  readonly model: OnnxModel;
  readonly #runtime: Runtime;
  readonly #session: InferenceSession;

  constructor(runtime: Runtime, session: InferenceSession, model: OnnxModel) {
    this.#runtime = runtime;
    this.#session = session;
    this.model = model;
  }

  /** Runs token ids from position 0. Throws where there are none, or more than the model was built for. */
  async run(
    tokenIds: readonly number[], // [pos]
    options: { readonly logits: 'all' | 'last' } = { logits: 'all' },
  ): Promise<OnnxRun> {
    const { maxPositions, hooks } = this.model;
    if (tokenIds.length === 0 || tokenIds.length > maxPositions) {
      throw new Error(
        `${tokenIds.length} tokens given, expected 1 to ${maxPositions} (maxPositions of this ONNX model)`,
      );
    }
    const logitsName = options.logits === 'all' ? LOGITS : LAST_LOGITS;
    const startMs = performance.now();
    const results = await this.#session.run(this.#feeds(tokenIds), [logitsName, ...hooks]);
    const logits = await toHost(results[logitsName], logitsName);
    const captured = new Map<HookName, OnnxTensor>();
    for (const hook of hooks) captured.set(hook, await toHost(results[hook], hook));
    return { elapsedMs: performance.now() - startMs, logits, hooks: captured };
  }

  /** Frees the runtime's memory and the GPU's. */
  async release(): Promise<void> {
    await this.#session.release();
  }

  #feeds(tokenIds: readonly number[]): Record<string, Tensor> {
    const { Tensor } = this.#runtime;
    const nPos = tokenIds.length;
    const all: Record<string, Tensor> = {
      input_ids: new Tensor('int64', BigInt64Array.from(tokenIds, BigInt), [1, nPos]),
      position_ids: new Tensor(
        'int64',
        BigInt64Array.from(tokenIds, (_, pos) => BigInt(pos)),
        [1, nPos],
      ),
      seqlens_k: new Tensor('int32', Int32Array.of(nPos - 1), [1]),
      total_sequence_length: new Tensor('int32', Int32Array.of(nPos), []),
    };
    return Object.fromEntries(Object.entries(all).filter(([name]) => this.model.inputNames.includes(name)));
  }
}

/** Copies a result out of the runtime, without its batch axis. */
async function toHost(tensor: Tensor | undefined, name: string): Promise<OnnxTensor> {
  const values = await tensor?.getData(true);
  if (!tensor || !(values instanceof Float32Array)) {
    throw new Error(`ONNX Runtime returned ${tensor?.type ?? 'nothing'} for ${name}, expected float32`);
  }
  return { shape: tensor.dims.slice(1), values: new Float32Array(values) }; // not a view of memory that threads share
}

async function loadRuntime(provider: OnnxProvider): Promise<Runtime> {
  if (provider.kind === 'webgpu') return import('onnxruntime-web/webgpu');
  const runtime = await import('onnxruntime-web/wasm');
  runtime.env.wasm.numThreads = provider.threads;
  if (provider.wasmBinary) runtime.env.wasm.wasmBinary = provider.wasmBinary;
  return runtime;
}
