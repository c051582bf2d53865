// `diff`: runs a checkpoint twice under two specifications and tells, hook by hook in running order, how they part.
import { parseArgs } from 'node:util';
import {
  type Amplification,
  type Cause,
  cpuEngines,
  DEFAULT_EXPERIMENT,
  type DifferenceOf,
  ExperimentRunner,
  type Fingerprint,
  findCause,
  formatCount,
  formatFigure,
  formatShape,
  type HookName,
  type Intervention,
  isHookName,
  type LadderRow,
  measureAmplification,
  type NotApplied,
  percentOf,
  type Reproduction,
  type RunSpec,
  readsOtherPrompt,
  reproductionWords,
  SPLIT_RUN_SPEC,
  summaryWords,
  type Tolerance,
  VERDICT_WORDS,
  whyNoAmplification,
  whyNoCause,
  whyNoCauseUnder,
} from '../engine/index.ts';
import { verifyFingerprint } from '../share/verify.ts';
import { hashWeights } from '../sources/weightsHash.ts';
import { amplificationText, readDifference } from './amplificationText.ts';
import { type Command, say, theFolder, UsageError } from './command.ts';
import { EDIT_OPTION, EDIT_USAGE, editsOf, sayNotApplied } from './editsWish.ts';
import { EXPERIMENT_USAGE, promptsOf, readExperiment, WISH_OPTIONS } from './experimentWish.ts';
import { type OpenedDirectory, openDirectory } from './openDirectory.ts';
import { readRunSpec } from './readRunSpec.ts';

type CauseAt = HookName | 'first'; // 'first': the first operation that differs by itself
type Wish = {
  readonly a: RunSpec;
  readonly b: RunSpec;
  readonly tolerance: Tolerance;
  readonly at: CauseAt | null;
  readonly interventions: readonly Intervention[];
  readonly sent: Fingerprint | null; // of the experiment's sender
  readonly difference: DifferenceOf | null; // whose amplification is measured; null: none
};

type Compared = {
  readonly ladder: readonly LadderRow[];
  readonly notApplied: { readonly a: readonly NotApplied[]; readonly b: readonly NotApplied[] };
  readonly cause: Cause | null;
  readonly reproduction: Reproduction | null; // null where no sender's result is known
  readonly amplification: Amplification | null; // null where none was wished for
};

export const DIFF: Command = {
  name: 'diff',
  summary: 'run a checkpoint under two specifications and compare every hook',
  usage: `Usage: splitscope diff DIR (--prompt "…" | --tokens 1,2,3) [--a SPEC] [--b SPEC]
                          [--atol X] [--rtol X] [--cause [--at HOOK]] [--amplification runs|2^-12]
                          [--edit EDIT]… [--experiment EXPERIMENT]
                          [--corrupted "…" | --corrupted-tokens 1,2,3] [--json]
  DIR: a checkpoint folder: config.json, model.safetensors (or shards with their index), tokenizer.json for --prompt.
  SPEC: fields of a run specification, comma-separated; what is left out is the default.
        qkv=fused|split  kv=broadcast|repeat  order=canonical|reversed|pairwise|compensated|blocked(n)|splitK(n)
        arithmetic=native|portable  precision=f32|f16|bf16  bias=inside|after  softmax=materialised|online  engine=webgpu|f64|ieee
  A is qkv=fused and B is qkv=split unless given; an element passes where |b − a| ≤ atol + rtol·|a|, both 0 unless given.
  --cause tries the fields in which A and B differ one by one at the first operation that differs by itself, or at HOOK, and names
  the one that makes the difference vanish, or the fewest that do.
  --amplification tells how much each block of A multiplies a difference that enters it: B − A (runs), or seeded noise of so much
  of the stream's size, and what B's block adds itself.
${EDIT_USAGE}
${EXPERIMENT_USAGE} Where it holds its sender's result, that is verified to the bit.
  Exit code 0 within the tolerance, 1 outside it or where the sender's result differs, 2 where it could not be run.

Examples:
  splitscope diff public/models/demo-gqa --prompt "When Mary and John went to the store"
  splitscope diff ./my-model --tokens 1,2,3 --b qkv=split,order=reversed --atol 5e-4 --rtol 1e-5
  splitscope diff ./my-model --tokens 1,2,3 --a precision=bf16 --b precision=bf16,bias=after --cause
  splitscope diff ./my-model --tokens 1,2,3 --json > comparison.json
  splitscope diff ./my-model --experiment found.splitscope.json`,
  run: diff,
};

/** Engines that this host has. */
const COMPARED: readonly RunSpec['engine'][] = ['webgpu', 'f64', 'ieee'];

async function diff(args: readonly string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...WISH_OPTIONS,
      ...EDIT_OPTION,
      a: { type: 'string', default: '' },
      b: { type: 'string', default: '' },
      atol: { type: 'string' },
      rtol: { type: 'string' },
      cause: { type: 'boolean', default: false },
      at: { type: 'string' },
      amplification: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const directory = theFolder(positionals, 'diff');
  const experiment = await readExperiment(values.experiment);
  const exact = { atol: 0, rtol: 0 };
  const { atol, rtol } = experiment?.tolerance ?? exact;
  const tolerance = { atol: readBound(values.atol, '--atol', atol), rtol: readBound(values.rtol, '--rtol', rtol) };
  const specs = {
    a: readRunSpec(values.a, '--a', experiment?.a, COMPARED),
    b: readRunSpec(values.b, '--b', experiment?.b ?? (values.b === '' ? SPLIT_RUN_SPEC : undefined), COMPARED),
  };
  const at = readCauseWish(values, specs);
  const difference = readDifferenceWish(values.amplification, specs.a);
  const interventions = editsOf(values.edit, experiment);
  const edits = { interventions, typed: values.edit, specs: [specs.a, specs.b] };
  const opened = await openDirectory(directory, { prompts: promptsOf(values, experiment), edits });
  const { tokenIds, corruptedTokenIds } = opened;
  const sent = experiment?.fingerprint ?? null;
  const wish = { ...specs, tolerance, at, interventions, sent, difference };
  const { ladder, cause, amplification, reproduction, notApplied } = await compare(opened, wish);
  const verdict = verdictOf(ladder);
  const ran = { directory, tokenIds, corruptedTokenIds, interventions, notApplied, ...specs, tolerance };
  console.log(
    values.json
      ? JSON.stringify({ ...ran, verdict, ladder, cause, amplification, reproduction }, null, 2)
      : [
          worded(ladder),
          ...(at ? ['', causeText(cause)] : []),
          ...(amplification ? ['', amplificationText(amplification)] : []),
          ...reproductionText(reproduction),
        ].join('\n'),
  );
  return verdict === 'outside' || reproduction?.verdict === 'differs' ? 1 : 0;
}

function reproductionText(reproduction: Reproduction | null): string[] {
  if (!reproduction) return [];
  const { title, detail } = reproductionWords(reproduction);
  return ['', `${title} ${detail}`];
}

function readBound(text: string | undefined, option: string, otherwise: number): number {
  if (text === undefined) return otherwise;
  const bound = text.trim() === '' ? Number.NaN : Number(text);
  if (bound >= 0 && Number.isFinite(bound)) return bound;
  throw new UsageError(`${option} is ${text}, expected a number of 0 or more: 5e-4.`);
}

/** Where a cause is to be looked for; null where none is. Throws UsageError where the runs or the hook are none of ours. */
function readCauseWish(
  { cause, at }: { readonly cause: boolean; readonly at?: string | undefined },
  { a, b }: { readonly a: RunSpec; readonly b: RunSpec },
): CauseAt | null {
  if (!cause) {
    if (at !== undefined) throw new UsageError('--at says where --cause looks: give --cause too.');
    return null;
  }
  const why = whyNoCause(a, b);
  if (why) throw new UsageError(`--cause: ${why}`);
  if (at === undefined) return 'first';
  if (isHookName(at)) return at;
  throw new UsageError(`--at is ${at}, expected a hook: blocks.0.attn.hook_q.`);
}

/** Whose amplification is wished for; null where none is. Throws UsageError where A's blocks cannot be given another stream. */
function readDifferenceWish(text: string | undefined, a: RunSpec): DifferenceOf | null {
  if (text === undefined) return null;
  const why = whyNoAmplification(a);
  if (why) throw new UsageError(`--amplification: ${why}`);
  return readDifference(text);
}

async function compare(
  { checkpoint, model, tokenIds, corruptedTokenIds }: OpenedDirectory,
  wish: Wish,
): Promise<Compared> {
  const modelHash = wish.sent ? await hashWeights(checkpoint) : '';
  const runner = new ExperimentRunner(
    model,
    { modelHash, appVersion: '' },
    cpuEngines({ checkpoint, pause: async () => {} }),
  );
  try {
    const { a, b, tolerance, at, interventions, sent, difference } = wish;
    const experiment = { ...DEFAULT_EXPERIMENT, a, b, tolerance, interventions, mode: 'compare' as const };
    const onPhase = (side: string, phase: string): void => say(phase === 'comparing' ? 'comparing' : `running ${side}`);
    const { result, a: ofA, b: ofB } = await runner.run(experiment, tokenIds, { onPhase, corruptedTokenIds });
    const notApplied = { a: result.a?.notApplied ?? [], b: result.b?.notApplied ?? [] };
    sayNotApplied([
      { name: 'A', notApplied: notApplied.a },
      { name: 'B', notApplied: notApplied.b },
    ]);
    const { ladder } = result;
    const reproduction = sent && verifyFingerprint(sent, result.fingerprint, tolerance);
    const asked = difference && ofA?.prepared ? { spec: a, capture: ofA.capture, edits: ofA.prepared.edits } : null;
    const other = ofB?.capture ?? null;
    const amplification =
      asked && difference ? await measureAmplification({ model, tokenIds, of: difference, a: asked, b: other }) : null;
    const guilty = ladder.find((row) => differsByItself(row) && !readsOtherPrompt(row.hook, interventions));
    const hook = at === 'first' ? guilty?.hook : at;
    if (!hook || !ofA) return { ladder, notApplied, cause: null, amplification, reproduction };
    if (!ofA.capture.tensor(hook)) throw new UsageError(`--at is ${hook}, which these runs do not have.`);
    const onTrial = (done: number, total: number): void =>
      say(`trying ${done + 1} of ${total} for the cause at ${hook}`);
    const why = at === null ? null : whyNoCauseUnder(notApplied.a, notApplied.b);
    if (why) throw new UsageError(`--cause: ${why}`);
    const edits = { a: ofA.prepared?.edits ?? {}, b: ofB?.prepared?.edits ?? {} };
    const ofSpec = { spec: a, capture: ofA.capture, edits: edits.a };
    const cause = await findCause({ model, tokenIds, hook, a: ofSpec, b, bEdits: edits.b, onTrial });
    return { ladder, notApplied, cause, amplification, reproduction };
  } finally {
    runner.destroy();
    model.destroy();
    model.gpu.destroy();
  }
}

function differsByItself({ local }: LadderRow): boolean {
  return local !== null && local.verdict !== 'bit-identical';
}

/** The cause, and what each trial left of the difference. */
function causeText(cause: Cause | null): string {
  if (!cause) return 'Nothing to explain: given the same inputs, every operation of B gives the bits of A.';
  const tried = cause.trials.filter(({ fields }) => fields.length > 0);
  return [
    `Cause: ${cause.words}`,
    ...tried.map(
      ({ fields, explained, summary }) =>
        `  with A's ${fields.join(', ').padEnd(22)} explains ${percentOf(explained)}, max |Δ| ${formatFigure(summary.maxAbs)} is left`,
    ),
  ].join('\n');
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
