// ONNX Runtime Web under test, on the plain graph: its GroupQueryAttention is wrong on SwiftShader (docs: NUMERICS).
import { openCheckpoint } from '../src/engine/index.ts';
import { buildOnnxModel } from '../src/onnx/onnxModel.ts';
import { type OnnxProvider, type OnnxSession, openOnnxSession } from '../src/onnx/session.ts';
import type { EngineUnderTest, TimedRun } from './engine.ts';
import { randomCheckpoint, randomTokens } from './randomCheckpoint.ts';

export class OrtEngine implements EngineUnderTest {
  readonly #session: OnnxSession;
  readonly #seed: number;
  #tokenIds: readonly number[] = [];

  constructor(session: OnnxSession, seed: number) {
    this.#session = session;
    this.#seed = seed;
  }

  /** Opens a session on the random checkpoint. */
  static async open(provider: OnnxProvider, seed: number): Promise<OrtEngine> {
    const checkpoint = await openCheckpoint(randomCheckpoint(seed));
    return new OrtEngine(await openOnnxSession(buildOnnxModel(checkpoint, { form: 'plain' }), provider), seed);
  }

  async prepare(nPos: number): Promise<void> {
    this.#tokenIds = randomTokens(nPos, this.#seed);
  }

  async run(): Promise<TimedRun> {
    const { elapsedMs, logits } = await this.#session.run(this.#tokenIds, { logits: 'last' });
    return { elapsedMs, logits: logits.values };
  }
}
