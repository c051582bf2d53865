// From samples to what is told: medians, GFLOP/s, shares of the peak, ratios, the goals beside them. Pure.

import type { Peak } from '../src/engine/index.ts';
import type { ComparingMeasured, PortableMeasured } from './comparing.ts';
import type { Decoding } from './decoding.ts';
import { ENGINES, type EngineName, type KernelRow } from './engine.ts';
import type { LoadMeasured } from './load.ts';
import type { SweepMeasured } from './sweep.ts';
import { table } from './table.ts';

export type Sample = { readonly tokens: number; readonly engine: EngineName; readonly elapsedMs: number };

export type Measured = {
  readonly adapter: string;
  readonly isSoftware: boolean;
  readonly threads: number; // of ort-wasm-n
  readonly peak: Peak;
  readonly plainLoopGflops: number;
  readonly multiplyAdds: ReadonlyMap<number, number>; // of one pass, by tokens
  readonly samples: readonly Sample[];
  readonly kernels: { readonly tokens: number; readonly rows: readonly KernelRow[] | null };
  readonly decoding: Decoding;
  readonly loads: readonly LoadMeasured[];
  readonly sweeps: readonly SweepMeasured[];
  readonly comparing: readonly ComparingMeasured[];
  readonly portable: readonly PortableMeasured[];
  readonly memory: MemoryMeasured;
};

export type MemoryMeasured = {
  readonly peakGpuBytes: number; // counted, on the device whose engines were timed
  readonly pageBytes: number | null; // of the page and its workers, at the end; null where the browser does not tell
};

export type BenchRow = {
  readonly tokens: number;
  readonly engine: EngineName;
  readonly ms: number; // median
  readonly gflops: number;
  readonly shareOfPeak: number;
};

/** The interface that `--json` writes; a ratio is null where one of its rows was not measured. */
export type BenchReport = {
  readonly adapter: string;
  readonly peakGflops: number;
  readonly peakShape: Peak['shape'];
  readonly plainLoopGflops: number; // of a loop with nothing written out: no peak, see docs/decisions/009-peak.md
  readonly rows: readonly BenchRow[];
  readonly decodingMs: { readonly ours: number; readonly ortWebgpu: number; readonly ortWasm: number }; // medians, a token
  readonly ratios: Readonly<Record<Ratio, number | null>>;
  readonly loads: readonly (LoadMeasured & { readonly ratio: number })[]; // loading over reading and uploading alone
  readonly sweeps: readonly (SweepMeasured & { readonly speedUp: number })[]; // all passes' time over the sweep's
  readonly comparing: readonly (ComparingMeasured & { readonly added: number })[]; // comparing over both runs
  readonly portable: readonly (PortableMeasured & { readonly ratio: number })[];
  readonly memory: MemoryMeasured;
};

type Ratio =
  | 'vsOrtWebgpu32'
  | 'vsOrtWebgpu128'
  | 'vsWasm32'
  | 'splitOverFused'
  | 'captureAllOverNone'
  | 'decodingVsOrtWebgpu';

/** Length at which our own modes are compared and the share of the peak is judged. */
const JUDGED_TOKENS = 128;

/** Makes the report. Against ONNX Runtime our run is the dearest of ours: split, everything captured and read back. */
export function makeReport(measured: Measured): BenchReport {
  const { adapter, peak, memory } = measured;
  const peakGflops = peak.gflops;
  const rows = [...measured.multiplyAdds].flatMap(([tokens, multiplyAdds]) =>
    ENGINES.flatMap((engine): BenchRow[] => {
      const times = measured.samples.filter((sample) => sample.tokens === tokens && sample.engine === engine);
      if (times.length === 0) return [];
      const ms = median(times.map(({ elapsedMs }) => elapsedMs));
      const gflops = (2 * multiplyAdds) / ms / 1e6;
      return [{ tokens, engine, ms, gflops, shareOfPeak: gflops / peakGflops }];
    }),
  );
  const over = (tokens: number, numerator: EngineName, denominator: EngineName): number | null => {
    const find = (engine: EngineName) => rows.find((row) => row.tokens === tokens && row.engine === engine)?.ms;
    const [above, below] = [find(numerator), find(denominator)];
    return above === undefined || below === undefined ? null : above / below;
  };
  const { ours, ortWebgpu, ortWasm } = measured.decoding;
  const decodingMs = { ours: median(ours), ortWebgpu: median(ortWebgpu), ortWasm: median(ortWasm) };
  const ratios = {
    vsOrtWebgpu32: over(32, 'ort-webgpu', 'split-captured'),
    vsOrtWebgpu128: over(128, 'ort-webgpu', 'split-captured'),
    vsWasm32: over(32, 'ort-wasm-n', 'split-captured'),
    splitOverFused: over(JUDGED_TOKENS, 'split', 'fused'),
    captureAllOverNone: over(JUDGED_TOKENS, 'split-captured', 'split'),
    decodingVsOrtWebgpu: decodingMs.ortWebgpu / decodingMs.ours,
  };
  return {
    adapter,
    peakGflops,
    peakShape: peak.shape,
    plainLoopGflops: measured.plainLoopGflops,
    rows,
    decodingMs,
    ratios,
    loads: measured.loads.map((load) => ({ ...load, ratio: load.loadMs / load.aloneMs })),
    sweeps: measured.sweeps.map((sweep) => ({ ...sweep, speedUp: (sweep.edits * sweep.passMs) / sweep.sweepMs })),
    comparing: measured.comparing.map((pair) => ({ ...pair, added: pair.compareMs / pair.runsMs })),
    portable: measured.portable.map((run) => ({ ...run, ratio: run.portableMs / run.nativeMs })),
    memory,
  };
}

/** The row whose share of the peak is judged. */
function isJudged({ tokens, engine }: BenchRow): boolean {
  return tokens === JUDGED_TOKENS && engine === 'fused';
}

/** The middle value, or the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

/** Words for each engine of the table. */
export function engineWords(engine: EngineName, threads: number): string {
  const words: Record<EngineName, string> = {
    fused: 'Splitscope, fused',
    split: 'Splitscope, split',
    'split-captured': 'Splitscope, split, all captured and read back',
    'ort-webgpu': 'ONNX Runtime Web, WebGPU',
    'ort-wasm-1': 'ONNX Runtime Web, WASM, 1 thread',
    'ort-wasm-n': `ONNX Runtime Web, WASM, ${threads} threads`,
  };
  return words[engine];
}

/** The report for a terminal. */
export function formatReport(measured: Measured, report: BenchReport): string {
  const engines = report.rows.map((row) => [
    String(row.tokens),
    engineWords(row.engine, measured.threads),
    row.ms.toFixed(1),
    row.gflops.toFixed(2),
    percent(row.shareOfPeak),
  ]);
  return [
    `adapter ${report.adapter}; peak ${report.peakGflops.toFixed(2)} GFLOP/s by a loop of multiply-adds (${report.peakShape})`,
    '',
    ...(engines.length === 0 // decoding alone was asked for
      ? []
      : [
          table(['tokens', 'engine', 'ms', 'GFLOP/s', 'of peak'], engines),
          plainLoopWords(report),
          '',
          kernelTable(measured),
          '',
        ]),
    decodingTable(measured, report),
    '',
    loadAndMemory(report),
    sweepTable(report),
    '',
    comparingTable(report),
    '',
    table(['ratio', 'measured', 'goal', ''], goals(measured, report)),
  ].join('\n');
}

/** The judged share by the plain loop too, and why the two differ. */
function plainLoopWords({ rows, peakGflops, plainLoopGflops }: BenchReport): string {
  const judged = rows.find(isJudged);
  const share = judged
    ? `, of which fused at ${JUDGED_TOKENS} tokens is ${percent(judged.gflops / plainLoopGflops)}`
    : '';
  return (
    `a plain loop, one multiply-add of each of four chains a turn: ${plainLoopGflops.toFixed(2)} GFLOP/s${share}. It measures the loop as ` +
    `much as the arithmetic, hence no peak; the shares above are of the peak, ${(peakGflops / plainLoopGflops).toFixed(1)} times as high`
  );
}

/** What loading took, beside the least that it could take. */
export function loadWords({ from, bytes, loadMs, aloneMs, peakGpuBytes }: LoadMeasured): string {
  return (
    `loading ${mib(bytes)} from ${from}: ${loadMs.toFixed(0)} ms, ${(loadMs / aloneMs).toFixed(2)} times the ${aloneMs.toFixed(0)} ms ` +
    `of reading and uploading alone; peak on the GPU ${mib(peakGpuBytes)}, as counted`
  );
}

function mib(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}

function loadAndMemory({ loads, memory }: BenchReport): string {
  return [
    ...loads.map(loadWords),
    `memory: peak on the GPU ${mib(memory.peakGpuBytes)}, as counted; the page and its workers ` +
      `${memory.pageBytes === null ? 'are not told by this browser' : mib(memory.pageBytes)}`,
    '',
  ].join('\n');
}

function sweepTable({ sweeps }: BenchReport): string {
  const rows = sweeps.map(({ model, tokens, edits, firstSweepMs, sweepMs, passMs, timedPasses, speedUp }) => [
    model,
    String(tokens),
    String(edits),
    sweepMs.toFixed(0),
    firstSweepMs.toFixed(0),
    `${(edits * passMs).toFixed(0)} (${timedPasses} timed)`,
    speedUp.toFixed(2),
  ]);
  return table(
    ['sweep of q, k, v inputs', 'tokens', 'edits', 'ms', 'the first time', 'ms by a pass each', 'speed-up'],
    rows,
  );
}

function comparingTable({ comparing }: BenchReport): string {
  const rows = comparing.map(({ model, tokens, pair, hooks, elements, runsMs, compareMs, localMs }) => [
    `${model}, ${pair}`,
    String(tokens),
    String(hooks),
    String(elements),
    runsMs.toFixed(1),
    compareMs.toFixed(1),
    localMs.toFixed(1),
  ]);
  return table(['comparison', 'tokens', 'hooks', 'elements', 'ms of both runs', 'comparing', 'local run'], rows);
}

function kernelTable({ kernels, peak }: Measured): string {
  const peakGflops = peak.gflops;
  if (kernels.rows === null) return 'kernels: this adapter has no timestamp queries';
  const rows = kernels.rows.map(({ kernel, dispatches, gpuMs, multiplyAdds }) => {
    const gflops = (2 * multiplyAdds) / gpuMs / 1e6;
    const isProduct = multiplyAdds > 0;
    return [
      kernel,
      String(dispatches),
      gpuMs.toFixed(2),
      isProduct ? gflops.toFixed(2) : '–',
      isProduct ? percent(gflops / peakGflops) : '–',
    ];
  });
  const header = [`kernel (fused, ${kernels.tokens} tokens)`, 'dispatches', 'ms', 'GFLOP/s', 'of peak'];
  return table(header, rows);
}

function decodingTable({ decoding, threads }: Measured, { decodingMs }: BenchReport): string {
  const rows = [
    [`Splitscope, a token behind ${decoding.context} and more, from the cache`, decodingMs.ours.toFixed(1)],
    [`${engineWords('ort-webgpu', threads)}, a token by itself`, decodingMs.ortWebgpu.toFixed(1)],
    [`${engineWords('ort-wasm-n', threads)}, a token by itself`, decodingMs.ortWasm.toFixed(1)],
  ];
  return table(['decoding', 'ms a token'], rows);
}

function goals(
  { isSoftware }: Measured,
  { ratios, rows, loads, sweeps, comparing, portable, plainLoopGflops }: BenchReport,
): string[][] {
  const judged = rows.find(isJudged);
  const line = (name: string, value: number | null, goal: number | null, isCeiling = false) => [
    name,
    value === null ? 'not measured' : value.toFixed(3),
    goal === null || !isSoftware ? '–' : `${isCeiling ? '≤' : '≥'} ${goal}`,
    goal === null || !isSoftware || value === null
      ? ''
      : (isCeiling ? value <= goal : value >= goal)
        ? 'met'
        : 'MISSED',
  ];
  return [
    line('vsOrtWebgpu32: ORT WebGPU / ours, all captured', ratios.vsOrtWebgpu32, 6),
    line('vsOrtWebgpu128: the same at 128 tokens', ratios.vsOrtWebgpu128, 6),
    line('vsWasm32: ORT WASM, all cores / ours, all captured', ratios.vsWasm32, null),
    line('splitOverFused: at 128 tokens', ratios.splitOverFused, 1.1, true),
    line('captureAllOverNone: split, at 128 tokens', ratios.captureAllOverNone, 1.05, true),
    line('decodingVsOrtWebgpu: a token', ratios.decodingVsOrtWebgpu, 10),
    line(
      'whole forward pass, share of the plain loop, at 128 tokens',
      judged ? judged.gflops / plainLoopGflops : null,
      0.25,
    ),
    line('the same, share of the peak', judged?.shareOfPeak ?? null, 0.25),
    ...loads.map(({ from, ratio }) => line(`loading from ${from} / reading and uploading alone`, ratio, 1.5, true)),
    ...sweeps.map(({ model, speedUp }) => line(`sweep of ${model}: a pass for each edit / the sweep`, speedUp, 2)),
    ...comparing.map(({ model, pair, added }) =>
      line(`comparing runs of ${model}, ${pair}: of both runs`, added, 0.15, true),
    ),
    ...portable.map(({ model, ratio }) => line(`portable / native arithmetic, a run of ${model}`, ratio, null)),
  ];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
