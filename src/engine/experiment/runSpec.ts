// RunSpec: one way to run a model. Plain JSON, the same object in a link, a worker message and the command line.

export type Order = 'canonical' | 'reversed' | 'pairwise' | 'compensated' | `blocked(${number})` | `splitK(${number})`;

/** What can run a side; see docs/guide.md. The four of ONNX Runtime: plain or fused operators, on the processor or on WebGPU. */
export const ENGINES = [
  'webgpu',
  'onnx',
  'onnx-fused',
  'onnx-webgpu',
  'onnx-webgpu-fused',
  'f64',
  'ieee',
  'file',
] as const;

export type Engine = (typeof ENGINES)[number];

export type RunSpec = {
  readonly engine: Engine;
  readonly qkv: 'fused' | 'split';
  readonly kv: 'broadcast' | 'repeat';
  readonly order: Order; // of every product with a weight: q, k, v, W_O, MLP, W_U
  readonly arithmetic: 'native' | 'portable';
  readonly bias: 'inside' | 'after';
  readonly precision: 'f32' | 'f16' | 'bf16';
  readonly softmax: 'materialised' | 'online';
};

export const DEFAULT_RUN_SPEC: RunSpec = {
  engine: 'webgpu',
  qkv: 'fused',
  kv: 'broadcast',
  order: 'canonical',
  arithmetic: 'native',
  bias: 'inside',
  precision: 'f32',
  softmax: 'materialised',
};

/** The default of run B: the same in split mode. */
export const SPLIT_RUN_SPEC: RunSpec = { ...DEFAULT_RUN_SPEC, qkv: 'split' };

export type ParsedOrder =
  | { readonly kind: 'canonical' | 'reversed' | 'pairwise' | 'compensated' }
  | { readonly kind: 'blocked'; readonly blockLength: number } // sums of blockLength terms, added in sequence
  | { readonly kind: 'splitK'; readonly chunks: number }; // this many sums, each of ceil(K / chunks) terms

/** Largest n of blocked(n) and splitK(n): no reduction in a model that fits is longer. */
const MAX_ORDER_N = 1 << 20;

/** Reads `canonical`, `reversed`, `pairwise`, `compensated`, `blocked(n)` or `splitK(n)`; null where it is none. */
export function parseOrder(text: string): ParsedOrder | null {
  if (text === 'canonical' || text === 'reversed' || text === 'pairwise' || text === 'compensated')
    return { kind: text };
  const match = /^(blocked|splitK)\(([1-9]\d{0,6})\)$/.exec(text);
  const n = Number(match?.[2]);
  if (!match || n > MAX_ORDER_N) return null;
  return match[1] === 'blocked' ? { kind: 'blocked', blockLength: n } : { kind: 'splitK', chunks: n };
}

export function isOrder(text: string): text is Order {
  return parseOrder(text) !== null;
}

/** Says why this build cannot run a specification, naming the field; null where it can. */
export function whyNotRunnable(spec: RunSpec): string | null {
  if (isRunElsewhere(spec.engine)) return whyNotElsewhere(spec);
  if (spec.engine === 'f64') return whyNotF64(spec);
  if (parseOrder(spec.order) === null) {
    return `order=${spec.order} is no summation order; use canonical, reversed, pairwise, compensated, blocked(n) or splitK(n)`;
  }
  return null;
}

/** Says why f64 cannot follow a specification: what tells roundings apart has no meaning where nothing is rounded. */
function whyNotF64({ order, arithmetic, bias, precision, softmax }: RunSpec): string | null {
  const why = 'f64 is the truth that they are measured against';
  if (order !== 'canonical') return `engine=f64 has no order=${order}: ${why}; use canonical, or engine=ieee`;
  if (arithmetic !== 'native') return `engine=f64 has no arithmetic=${arithmetic}: ${why}; use native, or engine=ieee`;
  if (bias !== 'inside') return `engine=f64 has no bias=${bias}: ${why}; use inside, or engine=ieee`;
  if (precision !== 'f32') return `engine=f64 has no precision=${precision}: ${why}; use f32, or engine=ieee`;
  return softmax === 'materialised'
    ? null
    : `engine=f64 has no softmax=${softmax}: ${why}; use materialised, or engine=ieee`;
}

/** Tells whether an engine adds and rounds in a way of its own, which no field of ours describes. */
export function isRunElsewhere(engine: Engine): boolean {
  return engine === 'file' || engine.startsWith('onnx');
}

/** Says why ONNX Runtime, or a file, cannot follow a specification, naming the field; null where it can. */
function whyNotElsewhere(spec: RunSpec): string | null {
  const { engine, order, arithmetic, bias, precision, softmax } = spec;
  if (engine === 'file') return null; // what was recorded was recorded: no other field has a say
  if (engine.endsWith('fused') && (spec.qkv !== 'fused' || spec.kv !== 'broadcast')) {
    return `engine=${engine} knows its operators' own attention alone: qkv=fused, kv=broadcast; use engine=${engine.replace('-fused', '')}`;
  }
  const own = 'ONNX Runtime adds and rounds in its own way';
  if (order !== 'canonical')
    return `engine=${engine} has no order=${order}: ${own}; use canonical, which leaves it alone`;
  if (arithmetic !== 'native') return `engine=${engine} has no arithmetic=${arithmetic}: ${own}; use native`;
  if (bias !== 'inside') return `engine=${engine} has no bias=${bias}: ${own}; use inside`;
  if (precision !== 'f32') return `engine=${engine} runs in f32, not in ${precision}; use f32`;
  if (softmax !== 'materialised') return `engine=${engine} shows whole rows of the pattern; use softmax=materialised`;
  return null;
}

/** A specification in a few words, `split, reversed, bf16`: qkv always, other fields where they are not the default's. */
export function describeSpec(spec: RunSpec): string {
  const rest = (['engine', 'kv', 'order', 'arithmetic', 'bias', 'precision', 'softmax'] as const)
    .filter((field) => spec[field] !== DEFAULT_RUN_SPEC[field])
    .map((field) => String(spec[field]));
  return [spec.qkv, ...rest].join(', ');
}
