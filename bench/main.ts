// The bench page: opens every engine on the same bytes, checks that they agree, then times them in turn. The runner
// (`scripts/bench.mjs`) calls `runBench` and prints what it returns; progress goes to the console.
import { higher, loadModel, type Model, measurePeak, measurePlainLoop, openCheckpoint } from '../src/engine/index.ts';
import { bundledFolder } from '../src/sources/bundled.ts';
import { requireAgreement } from './agreement.ts';
import {
  type ComparingMeasured,
  measureComparing,
  measurePortable,
  type PortableMeasured,
  type Prompt,
} from './comparing.ts';
import { measureDecoding } from './decoding.ts';
import { ENGINES, type EngineName, type EngineUnderTest } from './engine.ts';
import { type LoadFrom, type LoadMeasured, measureLoads } from './load.ts';
import { pageBytes } from './memory.ts';
import { OrtClient } from './ortClient.ts';
import { loadOurModel, OurEngine } from './ourEngine.ts';
import { randomCheckpoint, randomTokens, TERMS_TO_LOGIT } from './randomCheckpoint.ts';
import { type BenchReport, formatReport, loadWords, type Measured, makeReport, type Sample } from './report.ts';
import { measureSweep, type SweepMeasured } from './sweep.ts';

const SEED = 20_240_229;

/** Rounds by length; ONNX Runtime's WebGPU needs some 9 s for 32 tokens on a software adapter, and gets fewer there. */
const SCHEDULE = [
  { tokens: 32, rounds: 5, ortWebgpuOnSoftware: 5 },
  { tokens: 128, rounds: 5, ortWebgpuOnSoftware: 2 },
  { tokens: 512, rounds: 2, ortWebgpuOnSoftware: 0 },
] as const;

/** All, or one thing alone: a token from the cache, or comparing and portable arithmetic. */
type Part = 'all' | 'decoding' | 'comparing' | 'load';

type Engines = ReadonlyMap<EngineName, EngineUnderTest>;

declare global {
  interface Window {
    runBench: (part: Part, hub: LoadFrom) => Promise<{ report: BenchReport | readonly LoadMeasured[]; text: string }>;
  }
}

window.runBench = async (part, hub) => {
  if (!navigator.gpu) throw new Error('This Chromium has no WebGPU (navigator.gpu is missing).');
  const loads = await measureLoads(navigator.gpu, hub, randomCheckpoint(SEED));
  if (part === 'load') return { report: loads, text: loads.map(loadWords).join('\n') };
  const model = await loadOurModel(navigator.gpu, SEED);
  const { adapter } = model.gpu;
  const fused = new OurEngine(model, { qkv: 'fused', captureAll: false, seed: SEED });
  const threads = navigator.hardwareConcurrency;
  if (!crossOriginIsolated) throw new Error('The page is not cross-origin isolated: WASM would have one thread.');
  say(`engines on ${adapter.description || adapter.vendor}, ${threads} cores`);
  const ort = {
    webgpu: await OrtClient.open({ kind: 'webgpu' }, SEED),
    wasm: await OrtClient.open({ kind: 'wasm', threads }, SEED),
  };
  const engines: Engines = new Map<EngineName, EngineUnderTest>([
    ['fused', fused],
    ['split', new OurEngine(model, { qkv: 'split', captureAll: false, seed: SEED })],
    ['split-captured', new OurEngine(model, { qkv: 'split', captureAll: true, seed: SEED })],
    ['ort-webgpu', ort.webgpu],
    ['ort-wasm-1', await OrtClient.open({ kind: 'wasm', threads: 1 }, SEED)],
    ['ort-wasm-n', ort.wasm],
  ]);

  let peak = await measurePeak(model.gpu);
  let plainLoopGflops = await measurePlainLoop(model.gpu);
  const samples: Sample[] = [];
  const multiplyAdds = new Map<number, number>();
  let kernels: Measured['kernels'] = { tokens: 128, rows: null };
  for (const { tokens, rounds, ortWebgpuOnSoftware } of part === 'all' ? SCHEDULE : []) {
    const roundsOf = (name: EngineName) => (name === 'ort-webgpu' && adapter.isSoftware ? ortWebgpuOnSoftware : rounds);
    const timed = new Map([...engines].filter(([name]) => roundsOf(name) > 0));
    await warmUpAndCheck(timed, tokens);
    samples.push(...(await timeInTurn(timed, tokens, roundsOf)));
    multiplyAdds.set(tokens, fused.multiplyAdds);
    if (tokens === kernels.tokens) kernels = { tokens, rows: await fused.kernels() };
    peak = higher(peak, await measurePeak(model.gpu)); // the machine was perhaps busy the last time
    plainLoopGflops = Math.max(plainLoopGflops, await measurePlainLoop(model.gpu));
  }
  const { sweeps, comparing, portable } = await measureOwnModels(model, part);
  const decoding = await measureDecoding(model, ort, SEED);
  say(`decoding: ${decoding.ours.map((ms) => ms.toFixed(1)).join(', ')} ms a token`);
  const description = [adapter.vendor, adapter.architecture, adapter.description]
    .filter((part) => part !== '')
    .join(' ');
  const measured = {
    adapter: description,
    isSoftware: adapter.isSoftware,
    threads,
    peak,
    plainLoopGflops,
    multiplyAdds,
    samples,
    kernels,
    loads,
    sweeps,
    comparing,
    portable,
    memory: { peakGpuBytes: model.gpu.memory.peakBytes, pageBytes: await pageBytes() },
    decoding,
  };
  const report = makeReport(measured);
  return { report, text: formatReport(measured, report) };
};

type OwnMeasured = {
  readonly sweeps: readonly SweepMeasured[];
  readonly comparing: readonly ComparingMeasured[];
  readonly portable: readonly PortableMeasured[];
};

/** What needs no other engine, on the demo model and on the bench's geometry: sweeps, comparisons, arithmetics. */
async function measureOwnModels(random: Model, part: Part): Promise<OwnMeasured> {
  const [sweeps, comparing, portable]: [SweepMeasured[], ComparingMeasured[], PortableMeasured[]] = [[], [], []];
  if (part === 'decoding') return { sweeps, comparing, portable };
  const demo = await loadModel(
    random.gpu,
    await openCheckpoint(bundledFolder({ name: 'demo-gqa', baseUrl: location.href })),
  );
  const prompts = (nPos: number, nRandom: number): Prompt[] => [
    { name: 'demo-gqa', model: demo, tokenIds: randomTokens(nPos, SEED).map((id) => id % demo.config.dVocab) },
    { name: 'the bench geometry', model: random, tokenIds: randomTokens(nRandom, SEED) },
  ];
  for (const { name, model, tokenIds } of part === 'all' ? prompts(32, 16) : []) {
    sweeps.push(await measureSweep(name, model, tokenIds)); // as many tokens as its passes are timed in seconds
    say(`swept ${name}`);
  }
  for (const prompt of prompts(32, 32)) {
    comparing.push(...(await measureComparing(prompt)));
    portable.push(await measurePortable(prompt));
    say(`compared runs of ${prompt.name}`);
  }
  demo.destroy();
  return { sweeps, comparing, portable };
}

/** Runs every engine once, untimed, and compares the logits: ours among themselves bit for bit, the others within their bound. */
async function warmUpAndCheck(engines: Engines, tokens: number): Promise<void> {
  const logits = new Map<EngineName, Float32Array>();
  for (const [name, engine] of engines) {
    await engine.prepare(tokens);
    logits.set(name, (await engine.run()).logits);
    say(`${tokens} tokens: ${name} is warm`);
  }
  const reference = logits.get('fused');
  if (!reference) throw new Error('internal: the fused engine did not run');
  for (const [name, others] of logits) {
    const isOurs = !name.startsWith('ort');
    const nTerms = isOurs ? 0 : TERMS_TO_LOGIT + tokens; // 0: equal, bit for bit
    const { worst, allowed } = requireAgreement({ name: 'fused', logits: reference }, { name, logits: others }, nTerms);
    say(
      `${tokens} tokens: ${name} agrees with fused to ${worst.toExponential(1)} (allowed ${allowed.toExponential(1)})`,
    );
  }
}

/** Times the engines in turn, the first one another each round, so that none always meets the machine in the same state. */
async function timeInTurn(engines: Engines, tokens: number, roundsOf: (name: EngineName) => number): Promise<Sample[]> {
  const samples: Sample[] = [];
  const names = ENGINES.filter((name) => engines.has(name));
  for (let round = 0; names.some((name) => round < roundsOf(name)); round++) {
    const first = round % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      const engine = engines.get(name);
      if (!engine || round >= roundsOf(name)) continue;
      const { elapsedMs } = await engine.run();
      samples.push({ tokens, engine: name, elapsedMs });
      say(`${tokens} tokens, round ${round + 1}: ${name} ${elapsedMs.toFixed(1)} ms`);
    }
  }
  return samples;
}

function say(progress: string): void {
  console.info(progress);
}
