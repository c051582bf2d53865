// `diff`: runs a checkpoint twice under two specifications and tells, hook by hook in running order, how they part.
import { parseArgs } from 'node:util';
import {
  cpuEngines,
  DEFAULT_EXPERIMENT,
  ExperimentRunner,
  formatCount,
  formatFigure,
  formatShape,
  type LadderRow,
  type RunSpec,
  summaryWords,
  type Tolerance,
  VERDICT_WORDS,
} from '../engine/index.ts';
import { type Command, say, theFolder, UsageError } from './command.ts';
import { type OpenedDirectory, openDirectory } from './openDirectory.ts';
import { readRunSpec } from './readRunSpec.ts';

export const DIFF: Command = {
  name: 'diff',
  summary: 'run a checkpoint under two specifications and compare every hook',
  usage: `Usage: splitscope diff DIR (--prompt "…" | --tokens 1,2,3) [--a SPEC] [--b SPEC] [--atol X] [--rtol X] [--json]
  DIR: a checkpoint folder: config.json, model.safetensors (or shards with their index), tokenizer.json for --prompt.
  SPEC: fields of a run specification, comma-separated; what is left out is the default.
        qkv=fused|split  kv=broadcast|repeat  order=canonical|reversed|pairwise|blocked(n)|splitK(n)
  A is qkv=fused and B is qkv=split unless given; an element passes where |b − a| ≤ atol + rtol·|a|, both 0 unless given.
  Exit code 0 within the tolerance, 1 outside it, 2 where it could not be run.

Examples:
  splitscope diff public/models/demo-gqa --prompt "When Mary and John went to the store"
  splitscope diff ./my-model --tokens 1,2,3 --b qkv=split,order=reversed --atol 5e-4 --rtol 1e-5
  splitscope diff ./my-model --tokens 1,2,3 --json > comparison.json`,
  run: diff,
};

async function diff(args: readonly string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      prompt: { type: 'string' },
      tokens: { type: 'string' },
      a: { type: 'string', default: 'qkv=fused' },
      b: { type: 'string', default: 'qkv=split' },
      atol: { type: 'string', default: '0' },
      rtol: { type: 'string', default: '0' },
      json: { type: 'boolean', default: false },
    },
  });
  const directory = theFolder(positionals, 'diff');
  const tolerance = { atol: readBound(values.atol, '--atol'), rtol: readBound(values.rtol, '--rtol') };
  const specs = { a: readRunSpec(values.a, '--a'), b: readRunSpec(values.b, '--b') };
  const opened = await openDirectory(directory, values);
  const ladder = await compare(opened, specs, tolerance);
  const verdict = verdictOf(ladder);
  const tokenIds = opened.tokenIds;
  console.log(
    values.json
      ? JSON.stringify({ directory, tokenIds, ...specs, tolerance, verdict, ladder }, null, 2)
      : worded(ladder),
  );
  return verdict === 'outside' ? 1 : 0;
}

function readBound(text: string, option: string): number {
  const bound = text.trim() === '' ? Number.NaN : Number(text);
  if (bound >= 0 && Number.isFinite(bound)) return bound;
  throw new UsageError(`${option} is ${text}, expected a number of 0 or more: 5e-4.`);
}

async function compare(
  { checkpoint, model, tokenIds }: OpenedDirectory,
  specs: { readonly a: RunSpec; readonly b: RunSpec },
  tolerance: Tolerance,
): Promise<readonly LadderRow[]> {
  const runner = new ExperimentRunner(
    model,
    { modelHash: '', appVersion: '' },
    cpuEngines({ checkpoint, pause: async () => {} }),
  );
  try {
    const experiment = { ...DEFAULT_EXPERIMENT, ...specs, tolerance, mode: 'compare' as const };
    const onPhase = (side: string, phase: string): void => say(phase === 'comparing' ? 'comparing' : `running ${side}`);
    return (await runner.run(experiment, tokenIds, { onPhase })).result.ladder;
  } finally {
    runner.destroy();
    model.destroy();
    model.gpu.destroy();
  }
}

function verdictOf(ladder: readonly LadderRow[]): LadderRow['summary']['verdict'] {
  const verdicts = new Set(ladder.map(({ summary }) => summary.verdict));
  return verdicts.has('outside') ? 'outside' : verdicts.has('within') ? 'within' : 'bit-identical';
}

/** The headline, a line a hook that differs, and the figures of where it enters and of the logits. */
function worded(ladder: readonly LadderRow[]): string {
  const differing = ladder.filter(({ summary }) => summary.verdict !== 'bit-identical');
  const first = differing[0];
  if (!first) {
    return `${VERDICT_WORDS['bit-identical']}\nA and B have the same bits in every element of all ${ladder.length} hooks.`;
  }
  const outside = ladder.filter(({ summary }) => summary.verdict === 'outside');
  const head =
    outside.length > 0 ? `Outside tolerance at ${outside.length} of ${ladder.length} hooks` : VERDICT_WORDS.within;
  const width = Math.max(...differing.map(({ hook }) => hook.length));
  const logits = ladder.find(({ hook }) => hook === 'unembed.hook_out');
  return [
    `${head}; ${differing.length} of ${ladder.length} hooks differ in bits`,
    `Enters at ${first.hook}.${outside[0] ? ` First outside: ${outside[0].hook}.` : ''}`,
    '',
    ...differing.map((row) => `${row.hook.padEnd(width)}  ${line(row)}`),
    ...[...new Set([first, outside[0], logits])].flatMap((row) => (row ? ['', ...block(row)] : [])),
  ].join('\n');
}

function line({ summary }: LadderRow): string {
  return (
    `${VERDICT_WORDS[summary.verdict]}: max |Δ| ${formatFigure(summary.maxAbs)} · rel. L2 ${formatFigure(summary.relL2)} · ` +
    `p99 ${formatCount(summary.ulpP99)} ULP · ${formatFigure((100 * summary.bitEqual) / summary.n)} % bit-equal`
  );
}

/** One hook as the Inspector shows it. */
function block({ hook, shapeB, summary }: LadderRow): string[] {
  const rows = summaryWords(summary).map(([term, value]) => `  ${term.padEnd(20)}${value}`);
  return [`${hook} ${formatShape(shapeB)}: ${VERDICT_WORDS[summary.verdict]}`, ...rows];
}
