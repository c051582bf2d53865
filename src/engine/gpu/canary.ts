// The canary: what this adapter does where WGSL leaves it a choice, measured at start-up in a few milliseconds. It looks at a handful
// of small kernels and proves nothing of larger ones (a compiler may treat those otherwise): experiment/verify/ looks at whole models.
import { ulpDistance } from '../tensor/ulp.ts';
import arithmeticCode from './canaryArithmetic.wgsl?raw';
import { CANARY_F16, F16_POINTS, roundsAsEmulated } from './canaryF16.ts';
import functionsCode from './canaryFunctions.wgsl?raw';
import subgroupsCode from './canarySubgroups.wgsl?raw';
import type { Gpu } from './device.ts';
import { BufferSlot, type GpuTensor } from './gpuTensor.ts';
import { runOnce } from './paper.ts';
import type { Kernel } from './pipelineCache.ts';
import type { Dispatch } from './plan.ts';

export type CanaryReport = {
  readonly contracts: boolean; // a * b + c rounded once, though written as two operations
  readonly fusesFma: boolean; // fma(a, b, c) rounded once; WGSL allows twice
  readonly reassociates: boolean; // (a + b) + c computed as a + (b + c)
  readonly roundsToEven: boolean; // to the nearest, ties to even; WGSL leaves the direction open
  readonly flushesResults: boolean; // results below 2⁻¹²⁶ become 0
  readonly flushesOperands: boolean; // operands below 2⁻¹²⁶ count as 0
  readonly expMaxUlp: number; // of the adapter's own exp, over EXP_POINTS; Infinity where a result is NaN
  readonly tanhNanFrom: number | null; // smallest of TANH_POINTS at which the adapter's own tanh is NaN
  readonly subgroupSize: number | null; // null where the device has no subgroups
  readonly f16: 'as emulated' | 'otherwise' | null; // how the device's own f16 rounds; null where it has none
  readonly elapsedMs: number; // compilation included
};

const ARITHMETIC: Kernel = { name: 'canaryArithmetic', code: arithmeticCode, bindings: ['uniform', 'read', 'write'] };
const FUNCTIONS: Kernel = { name: 'canaryFunctions', code: functionsCode, bindings: ['uniform', 'read', 'write'] };
const SUBGROUPS: Kernel = { name: 'canarySubgroups', code: subgroupsCode, bindings: ['uniform', 'write'] };

/**
 * a = b = 1 + 2⁻¹³ and c = −(1 + 2⁻¹²): a·b is 1 + 2⁻¹² + 2⁻²⁶, so a·b + c is 0 rounded twice and 2⁻²⁶ rounded once. Then 1, 2³⁰ and −2³⁰,
 * whose sum is 0 from the left and 1 from the right; a tie between 1 + 2⁻²³ and 1 + 2⁻²²; and products with one end below 2⁻¹²⁶.
 */
const OPERANDS = Float32Array.of(
  ...[1 + 2 ** -13, 1 + 2 ** -13, -(1 + 2 ** -12)],
  ...[1, 2 ** 30, -(2 ** 30)],
  ...[1 + 2 ** -23, 2 ** -24],
  ...[2 ** -126, 0.5],
  ...[2 ** -130, 2 ** 100],
);

/** Every 1/16 of the range in which exp is a normal number. */
const EXP_POINTS = Float32Array.from({ length: 16 * 175 }, (_, i) => -87 + i / 16);
const TANH_POINTS = Float32Array.of(0.5, 8, 44, 88, 88.8, 100, 1_000, 1e30);

/** Measures the device. Throws `device-lost`, or `internal:` where a kernel does not compile. */
export async function canary(gpu: Gpu): Promise<CanaryReport> {
  const startedMs = performance.now();
  const points = Float32Array.of(...EXP_POINTS, ...TANH_POINTS);
  const x = vector('canary operands', OPERANDS.length);
  const p = vector('canary points', points.length);
  const results = [
    vector('canary arithmetic', 8),
    vector('canary functions', points.length),
    vector('canary width', 1),
    vector('canary f16', F16_POINTS.length),
  ];
  const narrow = vector('canary f16 points', F16_POINTS.length);
  const [arithmetic, functions, width, f16] = results.map(({ slot }) => slot);
  if (!arithmetic || !functions || !width || !f16) throw new Error('internal: the canary has four results');
  const hasSubgroups = gpu.device.features.has('subgroups');
  const hasF16 = gpu.device.features.has('shader-f16');
  const dispatches: Dispatch[] = [
    step(ARITHMETIC, [], [x.slot, arithmetic], 1),
    step(FUNCTIONS, [points.length, EXP_POINTS.length], [p.slot, functions], Math.ceil(points.length / 64)),
    ...(hasSubgroups ? [step(SUBGROUPS, [], [width], 1)] : []),
    ...(hasF16 ? [step(CANARY_F16, [F16_POINTS.length], [narrow.slot, f16], Math.ceil(F16_POINTS.length / 64))] : []),
  ];
  const none = new Float32Array();
  const [sums = none, values = none, widths = none, halves = none] = await runOnce(gpu, 'canary', {
    dispatches,
    owned: [x.slot, p.slot, narrow.slot, arithmetic, functions, width, f16],
    uploads: [
      [x.slot, OPERANDS],
      [p.slot, points],
      [narrow.slot, F16_POINTS],
    ],
    read: results,
  });
  return {
    ...readArithmetic(sums),
    ...readFunctions(values),
    subgroupSize: hasSubgroups ? (widths[0] ?? null) : null,
    f16: hasF16 ? (roundsAsEmulated(halves) ? 'as emulated' : 'otherwise') : null,
    elapsedMs: performance.now() - startedMs,
  };
}

/** Reads the results of canaryArithmetic.wgsl: [8]. */
export function readArithmetic(y: Float32Array) {
  return {
    contracts: y[0] !== 0 || y[1] !== 0,
    fusesFma: y[2] === 2 ** -26,
    reassociates: y[3] !== 0 || y[4] !== 0,
    roundsToEven: y[5] === 1 + 2 ** -22,
    flushesResults: y[6] === 0,
    flushesOperands: y[7] === 0,
  };
}

function readFunctions(y: Float32Array) {
  const errors = Array.from(EXP_POINTS, (x, i) => ulpDistance(y[i] ?? Number.NaN, Math.fround(Math.exp(x))));
  const nan = TANH_POINTS.findIndex((_, i) => Number.isNaN(y[EXP_POINTS.length + i]));
  return {
    expMaxUlp: errors.reduce(
      (most, error) => (Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(most, error)),
      0,
    ),
    tanhNanFrom: nan < 0 ? null : Math.round((TANH_POINTS[nan] ?? 0) * 10) / 10,
  };
}

/** Why portable arithmetic cannot give its bits on this adapter; null where nothing seen speaks against it. Contraction and flushing do not. */
export function whyNotPortable({ reassociates, roundsToEven }: CanaryReport): string | null {
  if (reassociates) return 'it changes the order of additions';
  return roundsToEven ? null : 'it does not round to the nearest, ties to even';
}

/** One sentence a reader can check claims by. */
export function canarySummary(report: CanaryReport): string {
  const { contracts, reassociates, roundsToEven, flushesResults, flushesOperands } = report;
  const parts = [
    contracts ? 'contracts a·b + c' : 'does not contract a·b + c',
    reassociates ? 'reassociates sums' : 'keeps the order of sums',
    roundsToEven ? 'rounds to nearest even' : 'does not round to nearest even',
    flushesResults || flushesOperands ? 'flushes denormals' : 'keeps denormals',
    `has an exp off by up to ${report.expMaxUlp} ULP (ours is used instead)`,
    report.tanhNanFrom === null ? 'a tanh without NaN' : `a tanh that is NaN at ${report.tanhNanFrom} (ours is not)`,
    report.subgroupSize === null ? 'no subgroups' : `subgroups of ${report.subgroupSize}`,
    report.f16 === null ? 'and no f16' : `and an f16 that rounds ${report.f16}`,
  ];
  return `This adapter ${parts.join(', ')}.`;
}

function vector(label: string, length: number): GpuTensor {
  return { label, slot: new BufferSlot(label, length * 4), shape: [length], strides: [1], offset: 0 };
}

function step(kernel: Kernel, dims: readonly number[], buffers: readonly BufferSlot[], workgroups: number): Dispatch {
  return { label: kernel.name, kernel, overrides: {}, dims, buffers, workgroups: [workgroups, 1, 1], multiplyAdds: 0 };
}
