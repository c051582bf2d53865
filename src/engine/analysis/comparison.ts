// Comparison: the numbers that say how two tensors part, under |b − a| ≤ atol + rtol·|a| with A as the reference.
import type { HookName } from '../hooks/hookName.ts';
import type { Shape } from '../tensor/shape.ts';

export type Verdict = 'bit-identical' | 'within' | 'outside';

export type ComparisonSummary = {
  readonly verdict: Verdict;
  readonly n: number;
  readonly mismatched: number; // elements that fail the rule
  readonly bitEqual: number; // elements with the same bits
  readonly maxAbs: number;
  readonly maxAbsIndex: readonly number[]; // one per axis; [] where all elements are bit-equal
  readonly rms: number; // of b − a
  readonly relL2: number; // ‖b − a‖ / ‖a‖
  readonly sqnrDb: number; // 20·log10(‖a‖ / ‖b − a‖); Infinity where equal
  readonly cosine: number;
  readonly ulpMedian: number;
  readonly ulpP99: number;
  readonly ulpMax: number;
  readonly nonFiniteA: number; // NaN and infinities, masked −∞ scores that agree not counted
  readonly nonFiniteB: number;
  readonly smallestAtol: number; // smallest atol that would pass with this rtol
};

/** One tick of the divergence ladder. */
export type LadderRow = {
  readonly hook: HookName;
  readonly shapeA: Shape;
  readonly shapeB: Shape; // split mode adds a head axis to ln1's hooks: compared by broadcast
  readonly summary: ComparisonSummary;
  readonly local: ComparisonSummary | null; // B's operation fed A's inputs; null where it was not run so
};

/** An element of the chosen tensor, with both bit patterns. */
export type WorstElement = {
  readonly index: readonly number[];
  readonly a: number;
  readonly b: number;
  readonly bitsA: number;
  readonly bitsB: number;
  readonly ulp: number;
};

export type Histogram = {
  readonly edges: readonly number[]; // length bins + 1, shared by both runs
  readonly a: readonly number[];
  readonly b: readonly number[] | null;
};

export type TensorStatistics = {
  readonly n: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly rms: number;
  readonly std: number;
  readonly absMax: number;
  readonly nonFinite: number;
};

/** Elements counted by log10 of |a| and of |b − a|: those where either is zero or not finite are counted beside. */
export type ErrorField = {
  readonly decadesX: readonly [from: number, to: number]; // of |a|, powers of ten, at most 16; what is smaller is in the lowest bin
  readonly decadesY: readonly [from: number, to: number]; // of |b − a|
  readonly columns: number;
  readonly rows: number;
  readonly counts: readonly number[]; // [row · columns + column]
  readonly equal: number; // b − a is 0
  readonly apart: number; // a is 0, or one of them is not finite
};

/** Elements by their distance in ULP: 0, 1, 2, 3–4, 5–8 and so on; the last bin holds NaN against a number. */
export type UlpBin = { readonly from: number; readonly to: number; readonly count: number };

/** The largest difference of the elements that fail the rule. */
export type Greatest = { readonly value: number; readonly index: readonly number[] };

export type DifferenceShape = {
  readonly field: ErrorField;
  readonly ulps: readonly UlpBin[];
  readonly greatestAbsolute: Greatest | null; // null where none fails
  readonly greatestRelative: Greatest | null; // of |b − a| / |a|
};

/** What the Inspector shows of one hook. */
export type Inspection = {
  readonly hook: HookName;
  readonly shapeA: Shape | null; // null where that run has no such hook or did not run
  readonly shapeB: Shape | null;
  readonly capturedBytes: number; // of both runs
  readonly statisticsA: TensorStatistics | null;
  readonly statisticsB: TensorStatistics | null;
  readonly histogram: Histogram;
  readonly summary: ComparisonSummary | null; // null where only one run has the hook
  readonly worst: readonly WorstElement[]; // by |b − a|, largest first, at most 20
  readonly difference: DifferenceShape | null; // null where there is no summary, or all bits are equal
};

/** A fact checked bit for bit on captured activations. */
export type StructuralFact = {
  readonly id: 'split-inputs-are-resid-pre' | 'repeat-kv-is-copy' | 'masked-keys-are-zero' | 'rows-sum-to-one';
  readonly holds: boolean;
  readonly detail: string; // one sentence with its figure: 'largest |row sum − 1| is 1.2e-7 over 480 rows'
};
