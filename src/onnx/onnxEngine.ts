// ONNX Runtime as an engine of Splitscope: a checkpoint, a way to run it, token ids in; every hook that the graph has out, on the CPU.
// Sessions are kept, the two last used: A and B of one comparison.
import type { Checkpoint } from '../engine/index.ts';
import { buildOnnxModel } from './onnxModel.ts';
import type { GraphForm, GraphLayout } from './operators.ts';
import { type OnnxProvider, type OnnxRun, type OnnxSession, openOnnxSession } from './session.ts';
import { whyNotExportable } from './supported.ts';

/** One way to run on ONNX Runtime. */
export type OnnxSpec = GraphLayout & {
  readonly form: GraphForm;
  readonly provider: OnnxProvider['kind'];
};

/** What the host has: threads where memory can be shared, and the runtime's bytes where it cannot fetch them (Node). */
export type OnnxHost = {
  readonly isIsolated: boolean; // crossOriginIsolated: WASM may use threads
  readonly cores: number;
  readonly wasmBinary?: Uint8Array<ArrayBuffer>;
};

const KEPT_SESSIONS = 2;
const MAX_THREADS = 8; // more gain nothing in products of this size

/** Threads that the host allows: one where the page is not isolated. */
export function threadsOf({ isIsolated, cores }: OnnxHost): number {
  return isIsolated ? Math.max(1, Math.min(MAX_THREADS, Math.floor(cores / 2))) : 1;
}

export class OnnxEngine {
  readonly #checkpoint: Checkpoint;
  readonly #host: OnnxHost;
  readonly #sessions = new Map<string, OnnxSession>(); // the latest used is last

  /** Throws where the architecture cannot be expressed, with the reason. */
  constructor(checkpoint: Checkpoint, host: OnnxHost) {
    const why = whyNotExportable(checkpoint.config);
    if (why !== null) throw new Error(why);
    this.#checkpoint = checkpoint;
    this.#host = host;
  }

  /** Runs token ids from position 0 with every hook captured. Throws what the runtime says, and the signal's reason. */
  async run(
    spec: OnnxSpec,
    tokenIds: readonly number[], // [pos]
    signal?: AbortSignal,
  ): Promise<OnnxRun> {
    const session = await this.#session(spec, signal);
    const run = await session.run(tokenIds, { logits: 'last' });
    signal?.throwIfAborted();
    return run;
  }

  /** Frees every session. */
  async release(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    for (const session of sessions) await session.release();
  }

  async #session(spec: OnnxSpec, signal?: AbortSignal): Promise<OnnxSession> {
    const { qkv, kv, form, provider } = spec;
    const key = [qkv, kv, form, provider].join(' ');
    const known = this.#sessions.get(key);
    if (known) {
      this.#sessions.delete(key);
      this.#sessions.set(key, known);
      return known;
    }
    await this.#makeRoom();
    const model = buildOnnxModel(this.#checkpoint, { form, layout: { qkv, kv }, hooks: 'all' });
    const session = await openOnnxSession(model, this.#provider(provider), signal);
    this.#sessions.set(key, session);
    return session;
  }

  async #makeRoom(): Promise<void> {
    for (const [key, session] of this.#sessions) {
      if (this.#sessions.size < KEPT_SESSIONS) return;
      this.#sessions.delete(key);
      await session.release();
    }
  }

  #provider(kind: OnnxProvider['kind']): OnnxProvider {
    if (kind === 'webgpu') return { kind };
    const { wasmBinary } = this.#host;
    return { kind, threads: threadsOf(this.#host), ...(wasmBinary ? { wasmBinary } : {}) };
  }
}
