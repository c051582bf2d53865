// `paths`: what each sender tells the receivers and nothing else (Wang et al. 2022), as maps of text or as JSON.
import { parseArgs } from 'node:util';
import { forwardSpecOf, type PathSweep, parseEnds, parseReceiver, parseSender, runPathSweep } from '../engine/index.ts';
import { type Command, say, theFolder, UsageError } from './command.ts';
import { EXPERIMENT_USAGE, WISH_OPTIONS } from './experimentWish.ts';
import { METRIC_OPTIONS, METRIC_USAGE, openJudged, withJudge } from './judged.ts';
import { pathsText } from './pathsText.ts';

export const PATHS: Command = {
  name: 'paths',
  summary: 'patch the paths from senders to receivers, and map what each sender tells them',
  usage: `Usage: splitscope paths DIR (--prompt "…" | --tokens 1,2,3) (--corrupted "…" | --corrupted-tokens 1,2,3) --to RECEIVERS
                       [--from SENDERS] --metric METRIC [--heads frozen] [--mlps recomputed] [--position N] [--spec SPEC]
                       [--experiment EXPERIMENT] [--json]
  RECEIVERS are L1H7.q, L1KV1.k (an input of one head), L2.mlp, final (the stream behind the last block); SENDERS are L0H3 (a head's
  result), L1.mlp, embed, or all, which have a path to each receiver, unless given. Each sender in turn is put as it is under the
  corrupted prompt; other heads are frozen to the clean run and MLPs recomputed, as in Wang et al. 2022, or each the other way
  (--heads recomputed, --mlps frozen); then the receivers alone read what that gives them.
${METRIC_USAGE}
${EXPERIMENT_USAGE} Interventions of an experiment are not applied.

Examples:
  splitscope paths public/models/demo-gqa --prompt "When Mary and John went to the store, John gave a drink to" \\
    --corrupted "When Mary and John went to the store, Mary gave a drink to" --to final --metric logit-diff:" Mary"," John"
  splitscope paths ./my-model --tokens 1,2,3 --corrupted-tokens 1,5,3 --from L0H7,L0.mlp,embed --to L1H7.q,L1KV1.k --metric kl --json
  splitscope paths ./my-model --experiment found.splitscope.json`,
  run: paths,
};

async function paths(args: readonly string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...WISH_OPTIONS,
      ...METRIC_OPTIONS,
      from: { type: 'string' },
      to: { type: 'string' },
      heads: { type: 'string' },
      mlps: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const directory = theFolder(positionals, 'paths');
  const judged = await openJudged(directory, values, (experiment) => experiment.paths);
  const asked = judged.experiment?.paths;
  const ends = {
    senders: values.from === undefined && asked ? asked.senders : readSenders(values.from ?? 'all'),
    receivers: values.to === undefined && asked ? asked.receivers : readReceivers(values.to),
    heads: readBetween('--heads', values.heads, asked?.heads ?? 'frozen'),
    mlps: readBetween('--mlps', values.mlps, asked?.mlps ?? 'recomputed'),
  };
  if (!judged.corruptedTokenIds)
    throw new UsageError('A path is patched from the corrupted prompt: give --corrupted "text".');
  return withJudge(judged, async ({ model, shape, position, metric, spec, ...prompts }) => {
    const sweep: PathSweep = { ...ends, metric, position };
    const onCell = (_: unknown, done: number, total: number) => say(`${done} of ${total} senders`);
    const result = await runPathSweep({ model, spec: forwardSpecOf(spec), ...prompts, sweep, onCell });
    return values.json ? JSON.stringify({ paths: sweep, ...result }, null, 2) : pathsText(sweep, result, shape);
  });
}

function readSenders(text: string): PathSweep['senders'] {
  if (text.trim() === 'all') return 'all';
  const ends = parseEnds(text, parseSender);
  if (typeof ends === 'string')
    throw new UsageError(`--from: ${ends} is no sender, expected L0H3, L1.mlp, embed or all.`);
  if (ends.length === 0) throw new UsageError('--from names no sender, expected L0H3, L1.mlp, embed or all.');
  return ends;
}

function readReceivers(text = ''): PathSweep['receivers'] {
  const ends = parseEnds(text, parseReceiver);
  const expected = 'expected L1H7.q, L1KV1.k, L2.mlp or final';
  if (typeof ends === 'string') throw new UsageError(`--to: ${ends} is no receiver, ${expected}.`);
  if (ends.length === 0) throw new UsageError(`--to names no receiver, ${expected}.`);
  return ends;
}

function readBetween(option: string, text: string | undefined, otherwise: PathSweep['heads']): PathSweep['heads'] {
  if (text === undefined) return otherwise;
  if (text === 'frozen' || text === 'recomputed') return text;
  throw new UsageError(`${option} ${text}, expected frozen or recomputed.`);
}
