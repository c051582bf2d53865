// Decoding under test: tokens behind a prompt, one row each beside a cache of keys and values. ONNX Runtime's graph has no cache; what it
// is timed on is one token by itself, which is less than any step beside a cache does (it attends to no key but its own).
import { DEFAULT_RUN_SPEC, GREEDY, type Model, PreparedGeneration, prepareRun } from '../src/engine/index.ts';
import { requireAgreement } from './agreement.ts';
import type { EngineUnderTest } from './engine.ts';
import { randomTokens, TERMS_TO_LOGIT } from './randomCheckpoint.ts';

/** Milliseconds of each token after the first. */
export type Decoding = {
  readonly context: number; // positions before the first token that is timed
  readonly ours: readonly number[];
  readonly ortWebgpu: readonly number[];
  readonly ortWasm: readonly number[];
};

const CONTEXT = 128;
const OUR_TOKENS = 16;
const ORT_TOKENS = 2;

/** Times both, once they agree: ours with its own whole pass bit for bit, ONNX Runtime with ours within its bound. */
export async function measureDecoding(
  model: Model,
  ort: { readonly webgpu: EngineUnderTest; readonly wasm: EngineUnderTest },
  seed: number,
): Promise<Decoding> {
  const ours = await decode(model, randomTokens(CONTEXT, seed), OUR_TOKENS);
  const alone = randomTokens(1, seed);
  const reference = { name: 'fused', logits: await lastLogits(model, alone) };
  const timed = async (name: string, engine: EngineUnderTest): Promise<number[]> => {
    await engine.prepare(1);
    const { logits } = await engine.run(); // warm-up
    requireAgreement(reference, { name, logits }, TERMS_TO_LOGIT + 1);
    const ms: number[] = [];
    for (let token = 0; token < ORT_TOKENS; token++) ms.push((await engine.run()).elapsedMs);
    return ms;
  };
  const ortWebgpu = await timed('ort-webgpu', ort.webgpu);
  return { context: CONTEXT, ours, ortWebgpu, ortWasm: await timed('ort-wasm-n', ort.wasm) };
}

async function decode(model: Model, prompt: readonly number[], count: number): Promise<number[]> {
  const about = { model, spec: DEFAULT_RUN_SPEC, nPrompt: prompt.length, nCorrupted: null };
  const generation = await PreparedGeneration.make({
    ...about,
    maxTokens: count + 1,
    interventions: [],
    patternLayers: [],
  });
  try {
    const ids = [...prompt];
    const ms: number[] = [];
    let logits = new Float32Array();
    const stream = generation.continue({ clean: prompt, corrupted: null }, { sampling: GREEDY, endIds: [] });
    for await (const token of stream) {
      logits = token.logits;
      if (token.position > prompt.length) ms.push(token.elapsedMs); // the first is the prompt's pass
      if (ms.length < count) ids.push(token.id);
    }
    const whole = { name: 'the whole pass', logits: await lastLogits(model, ids) };
    requireAgreement(whole, { name: 'decoding', logits }, 0);
    return ms;
  } finally {
    generation.destroy();
  }
}

/** The last position's logits of a whole pass: [d_vocab]. */
async function lastLogits(model: Model, tokenIds: readonly number[]): Promise<Float32Array> {
  const spec = { qkv: 'fused', kv: 'broadcast', order: { kind: 'canonical' } } as const;
  const request = { model, spec, batch: 1, nPos: tokenIds.length, capture: 'none', headInputs: 'shared' } as const;
  const run = await prepareRun({ ...request, logits: 'last' });
  try {
    await run.execute(tokenIds);
    const [logits] = await run.capture.read([run.logitsHook]);
    return logits?.values ?? new Float32Array();
  } finally {
    run.destroy();
  }
}
