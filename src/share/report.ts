// The run as a Markdown report, to be pasted into an issue or a notebook: what was run, what came of it, where it can be run again.
// Text alone. Whatever a stranger's link or tokenizer holds stays inside a code span.
import {
  type ComparisonSummary,
  type Experiment,
  type ExperimentResult,
  formatCount,
  formatFigure,
  formatIndex,
  type LadderRow,
  type RunSpec,
} from '../engine/index.ts';

export type ReportRequest = {
  readonly experiment: Experiment; // as it was run
  readonly result: ExperimentResult;
  readonly ladder: readonly LadderRow[]; // under the tolerance of `experiment`
  readonly tokens: readonly string[]; // of the prompt, as the tokenizer spells them
  readonly spell: (id: number) => string | null; // a predicted token; null where it is not known here
  readonly url: string | null; // null: no link is of this run
  readonly instrument: readonly string[]; // what was measured of the GPU, a sentence a line
};

/** Writes the report. */
export function reportText(request: ReportRequest): string {
  const { experiment, result, ladder } = request;
  const parts = [
    '# Splitscope report',
    verdictText(ladder, result),
    '## What was run',
    setUpTable(request),
    specTable(result),
    ...(ladder.length > 0 ? ['## Where the runs part', ladderTable(ladder)] : []),
    ...(result.facts.length > 0
      ? [
          '## Checked bit for bit',
          result.facts.map(({ holds, detail }) => `- ${holds ? '✓' : '✗'} ${detail}`).join('\n'),
        ]
      : []),
    '## Next token after the last',
    topTable(request),
    '## To reproduce',
    reproduceText(request),
    ...(request.instrument.length > 0
      ? ['## The instrument', request.instrument.map((line) => `- ${line}`).join('\n')]
      : []),
    ...(experiment.interventions.length > 0 ? ['## Interventions', interventionText(experiment)] : []),
  ];
  return `${parts.join('\n\n')}\n`;
}

function verdictText(ladder: readonly LadderRow[], { a, b }: ExperimentResult): string {
  if (ladder.length === 0)
    return `One run was made (${a ? 'A' : b ? 'B' : 'none'}): there is nothing to compare it with.`;
  const [differing] = ladder.filter(({ summary }) => summary.verdict !== 'bit-identical');
  if (!differing) return `**Bit-identical (0 ULP)** in every element of all ${ladder.length} hooks.`;
  const outside = ladder.filter(({ summary }) => summary.verdict === 'outside');
  const verdict =
    outside[0] === undefined
      ? `**Within tolerance** at all ${ladder.length} hooks`
      : `**Outside tolerance** at ${outside.length} of ${ladder.length} hooks, first at ${code(outside[0].hook)}`;
  return `${verdict}. The first departure in bits is at ${code(differing.hook)}: ${differenceText(differing.summary)}.`;
}

function differenceText({ maxAbs, maxAbsIndex, n, bitEqual, ulpP99 }: ComparisonSummary): string {
  const at = formatIndex(maxAbsIndex);
  return `largest |B − A| ${formatFigure(maxAbs)} at ${code(at)}, ${formatCount(n - bitEqual)} of ${formatCount(n)} elements differ, p99 ${formatCount(ulpP99)} ULP`;
}

function setUpTable({ experiment, result, tokens }: ReportRequest): string {
  const { model, tolerance } = experiment;
  const name = model.source === 'hub' ? `${model.repo}@${model.revision}` : model.name;
  return table(
    ['', ''],
    [
      ['model', `${code(name)} (${model.source})`],
      ['weights, sha256', code(result.fingerprint.modelHash)],
      ['tokens', tokens.map(code).join(' ')],
      ['token ids', code(result.tokenIds.join(', '))],
      ['tolerance', `atol ${tolerance.atol}, rtol ${tolerance.rtol}; A is the reference`],
    ],
  );
}

const FIELDS = [
  'engine',
  'qkv',
  'kv',
  'order',
  'arithmetic',
  'bias',
  'precision',
  'softmax',
] as const satisfies readonly (keyof RunSpec)[];

function specTable({ a, b }: ExperimentResult): string {
  const runs = sides({ a, b });
  return table(
    ['field', ...runs.map(([name]) => name)],
    [
      ...FIELDS.map((field) => [field, ...runs.map(([, { spec }]) => code(spec[field]))]),
      ['time', ...runs.map(([, { elapsedMs }]) => `${formatFigure(elapsedMs)} ms`)],
    ],
  );
}

function ladderTable(ladder: readonly LadderRow[]): string {
  const parted = ladder.filter(({ summary }) => summary.verdict !== 'bit-identical');
  if (parted.length === 0) return 'Nowhere.';
  const rows = parted.map(({ hook, summary: { verdict, mismatched, maxAbs, relL2, ulpP99 } }) => [
    code(hook),
    verdict,
    formatCount(mismatched),
    formatFigure(maxAbs),
    formatFigure(relL2),
    formatCount(ulpP99),
  ]);
  return table(['hook', 'verdict', 'failing elements', 'max abs', 'rel. L2', 'p99 ULP'], rows);
}

function topTable({ result: { fingerprint }, spell }: ReportRequest): string {
  const runs = sides(fingerprint);
  const rows = runs.flatMap(([name, { top }]) =>
    top.map(({ id, probability }, rank) => {
      const text = spell(id);
      return [name, String(rank + 1), text === null ? '' : code(text), String(id), formatFigure(probability)];
    }),
  );
  return table(['run', 'rank', 'token', 'id', 'probability'], rows);
}

function reproduceText({ result: { fingerprint }, url }: ReportRequest): string {
  const digests = sides(fingerprint).map(([name, { logits }]) => [`logits of ${name}`, code(logits)]);
  const facts = table(
    ['fingerprint', ''],
    [
      ...digests,
      ['token ids', code(fingerprint.tokens)],
      ['GPU', code(fingerprint.adapter)],
      ['Splitscope', code(fingerprint.appVersion)],
    ],
  );
  const way =
    url === null
      ? 'No link is of this run: it is too long for one, or the page has moved on from it since.'
      : `Open it again: <${url}>`;
  return `${facts}\n\n${way}`;
}

function interventionText({ interventions }: Experiment): string {
  return interventions.map((intervention) => `- ${code(JSON.stringify(intervention))}`).join('\n');
}

function sides<T>({ a, b }: { readonly a: T | null; readonly b: T | null }): readonly (readonly ['A' | 'B', T])[] {
  return [...(a ? [['A', a] as const] : []), ...(b ? [['B', b] as const] : [])];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/**
 * A code span that its text cannot leave: fenced by more backticks than it holds, on one line, and with no bar, which would split a
 * table's row even behind a backslash. What is not allowed is written as \u007c.
 */
function code(text: string): string {
  const line = text.replace(
    /[|\p{Cc}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = /^$|^[ `]|[ `]$/.test(line) ? ' ' : ''; // one space each side is not shown
  return `${fence}${pad}${line}${pad}${fence}`;
}
