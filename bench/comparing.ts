// What comparing costs beside the two runs that are compared: every hook, accumulated differences, to the summaries in hand; and what
// the local differences cost, a third run with a comparison of its own. Two pairs: fused against split, all of whose bits are equal, and
// canonical against reversed order, hardly any of whose bits are. And what portable arithmetic costs against native, a run each.
import { type ForwardSpec, LocalRun, type Model, PreparedLadder, prepareRun } from '../src/engine/index.ts';
import { median } from './report.ts';

export type ComparingMeasured = {
  readonly model: string;
  readonly tokens: number;
  readonly pair: 'equal bits' | 'noise';
  readonly hooks: number; // compared
  readonly elements: number;
  readonly runsMs: number; // both runs, median
  readonly compareMs: number;
  readonly localMs: number; // one more run of B on A's activations, and its comparison
};

export type PortableMeasured = {
  readonly model: string;
  readonly tokens: number;
  readonly nativeMs: number; // a run, median
  readonly portableMs: number;
};

const ROUNDS = 7;
const EXACT = { atol: 0, rtol: 0 };
const SPEC: ForwardSpec = { qkv: 'fused', kv: 'broadcast', order: { kind: 'canonical' } };
const PAIRS = [
  { pair: 'equal bits', b: { ...SPEC, qkv: 'split' } },
  { pair: 'noise', b: { ...SPEC, order: { kind: 'reversed' } } },
] as const;

export type Prompt = { readonly name: string; readonly model: Model; readonly tokenIds: readonly number[] };

/** Measures both pairs on one model and prompt. */
export async function measureComparing(prompt: Prompt): Promise<ComparingMeasured[]> {
  const measured: ComparingMeasured[] = [];
  for (const { pair, b } of PAIRS) measured.push(await measurePair(prompt, pair, b));
  return measured;
}

/** Everything is prepared beforehand and run once untimed; then run A, run B, comparison and local run take turns. */
async function measurePair(
  { name, model, tokenIds }: Prompt,
  pair: ComparingMeasured['pair'],
  spec: ForwardSpec,
): Promise<ComparingMeasured> {
  const nPos = tokenIds.length;
  const base = { model, batch: 1, nPos, capture: 'standard', headInputs: 'shared' } as const;
  const a = await prepareRun({ ...base, spec: SPEC });
  const b = await prepareRun({ ...base, spec });
  const ladder = await PreparedLadder.make(a.capture, b.capture);
  const local = await LocalRun.make(model, spec, a.capture, { nPos });
  let rows = await ladder.run(EXACT);
  const times = await inTurn([
    async () => {
      await a.execute(tokenIds);
      await b.execute(tokenIds);
    },
    async () => {
      rows = await ladder.run(EXACT);
    },
    async () => {
      await local.execute(tokenIds);
      await local.addTo(rows, EXACT);
    },
  ]);
  for (const part of [local, ladder, b, a]) part.destroy();
  const [runsMs = Number.NaN, compareMs = Number.NaN, localMs = Number.NaN] = times;
  const elements = rows.reduce((sum, { summary }) => sum + summary.n, 0);
  return { model: name, tokens: nPos, pair, hooks: rows.length, elements, runsMs, compareMs, localMs };
}

/** Measures a native and a portable run, nothing captured. */
export async function measurePortable({ name, model, tokenIds }: Prompt): Promise<PortableMeasured> {
  const base = { model, batch: 1, nPos: tokenIds.length, capture: 'none', headInputs: 'shared' } as const;
  const native = await prepareRun({ ...base, spec: SPEC });
  const numerics = { arithmetic: 'portable', bias: 'inside', precision: 'f32' } as const;
  const portable = await prepareRun({ ...base, spec: { ...SPEC, numerics } });
  const [nativeMs = Number.NaN, portableMs = Number.NaN] = await inTurn([
    () => native.execute(tokenIds),
    () => portable.execute(tokenIds),
  ]);
  native.destroy();
  portable.destroy();
  return { model: name, tokens: tokenIds.length, nativeMs, portableMs };
}

/** Each work's median in milliseconds; the first round is not counted. */
async function inTurn(works: readonly (() => Promise<void>)[]): Promise<number[]> {
  const times = works.map((): number[] => []);
  for (let round = -1; round < ROUNDS; round++) {
    for (const [at, work] of works.entries()) {
      const startMs = performance.now();
      await work();
      if (round >= 0) times[at]?.push(performance.now() - startMs);
    }
  }
  return times.map(median);
}
