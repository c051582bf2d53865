// A run specification as it is written on the command line: qkv=split,order=reversed; what is left out is the default.
import { DEFAULT_RUN_SPEC, ENGINES, isOrder, type RunSpec, whyNotRunnable } from '../engine/index.ts';
import { UsageError } from './command.ts';

const VALUES = {
  engine: ENGINES,
  qkv: ['fused', 'split'],
  kv: ['broadcast', 'repeat'],
  arithmetic: ['native', 'portable'],
  bias: ['inside', 'after'],
  precision: ['f32', 'f16', 'bf16'],
  softmax: ['materialised', 'online'],
} as const satisfies { [K in Exclude<keyof RunSpec, 'order'>]: readonly RunSpec[K][] };

/** What most commands run in; comparing takes the references too. */
const OWN_KERNELS: readonly RunSpec['engine'][] = ['webgpu'];

/**
 * Reads a specification; `base` says what is left out. Throws UsageError for an unknown field or value, and for what this build cannot
 * run, or the command, in other `engines`.
 */
export function readRunSpec(
  text: string,
  option: string,
  base: RunSpec = DEFAULT_RUN_SPEC,
  engines = OWN_KERNELS,
): RunSpec {
  let spec = base;
  for (const part of text.split(',').filter((piece) => piece.trim() !== '')) {
    const [field = '', value = ''] = part.split('=').map((side) => side.trim());
    spec = { ...spec, ...fieldOf(field, value, option) };
  }
  if (!engines.includes(spec.engine)) {
    const others = spec.engine.startsWith('onnx') || spec.engine === 'file' ? 'in the page' : 'in splitscope diff';
    throw new UsageError(`${option}: engine=${spec.engine} runs ${others}, not here; use ${engines.join(', ')}.`);
  }
  const why = whyNotRunnable(spec);
  if (why) throw new UsageError(`${option}: ${why}.`);
  return spec;
}

function fieldOf(field: string, value: string, option: string): Partial<RunSpec> {
  if (field === 'order') {
    if (isOrder(value)) return { order: value };
    throw new UsageError(`${option}: order=${value}, expected canonical, reversed, pairwise, blocked(n) or splitK(n).`);
  }
  const known = Object.entries(VALUES).find(([name]) => name === field);
  if (!known) {
    throw new UsageError(
      `${option}: ${field || '(nothing)'} is no field, expected order, ${Object.keys(VALUES).join(', ')}.`,
    );
  }
  const found = known[1].find((candidate) => candidate === value);
  if (!found) throw new UsageError(`${option}: ${field}=${value}, expected ${known[1].join(' or ')}.`);
  return { [field]: found };
}
