// `sweep`: one edit at every head or layer in turn, and what each does to the prediction, as maps of text or as JSON.
import { parseArgs } from 'node:util';
import { type Experiment, forwardSpecOf, runSweep, type Sweep } from '../engine/index.ts';
import { type Command, say, theFolder, UsageError } from './command.ts';
import { EXPERIMENT_USAGE, WISH_OPTIONS } from './experimentWish.ts';
import { METRIC_OPTIONS, METRIC_USAGE, openJudged, withJudge } from './judged.ts';
import { SITE_NAMES, sweepText } from './sweepText.ts';

export const SWEEP: Command = {
  name: 'sweep',
  summary: 'edit every head or layer in turn, and map what each does to the prediction',
  usage: `Usage: splitscope sweep DIR (--prompt "…" | --tokens 1,2,3) [--corrupted "…" | --corrupted-tokens 1,2,3] --metric METRIC
                       [--sites q,k,v] [--operation patch] [--position N] [--by-position] [--spec SPEC]
                       [--experiment EXPERIMENT] [--json]
  SITES are q, k, v (inputs of single heads), pattern, z, resid, mlp. OPERATION is patch (from the corrupted prompt), zero or mean.
  --by-position edits resid and mlp at each position in turn.
${METRIC_USAGE}
${EXPERIMENT_USAGE} Interventions of an experiment are not applied.

Examples:
  splitscope sweep public/models/demo-gqa --prompt "When Mary and John went to the store, John gave a drink to" \\
    --corrupted "When Mary and John went to the store, Mary gave a drink to" --sites q,k,v --metric logit-diff:" Mary"," John"
  splitscope sweep ./my-model --tokens 1,2,3 --sites z,mlp --operation zero --metric kl --json
  splitscope sweep ./my-model --experiment found.splitscope.json`,
  run: sweep,
};

const OPERATIONS: Readonly<Record<string, Sweep['operation']>> = {
  patch: { kind: 'freeze', prompt: 'corrupted' },
  zero: { kind: 'zero' },
  mean: { kind: 'mean' },
};

async function sweep(args: readonly string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...WISH_OPTIONS,
      ...METRIC_OPTIONS,
      sites: { type: 'string' },
      operation: { type: 'string' },
      'by-position': { type: 'boolean' },
      json: { type: 'boolean', default: false },
    },
  });
  const directory = theFolder(positionals, 'sweep');
  const judged = await openJudged(directory, values, (experiment) => experiment.sweep);
  const asked = judged.experiment?.sweep;
  const sites = values.sites === undefined && asked ? asked.sites : readSites(values.sites ?? 'q,k,v');
  const operation = operationOf(values.operation, judged.experiment);
  const readsCorrupted = 'prompt' in operation && operation.prompt === 'corrupted';
  if (readsCorrupted && !judged.corruptedTokenIds) {
    throw new UsageError(
      `--operation ${values.operation ?? 'patch'} takes from the corrupted prompt: give --corrupted "text", or zero or mean.`,
    );
  }
  return withJudge(judged, async ({ model, shape, position, metric, spec, ...prompts }) => {
    const byPosition = values['by-position'] ?? asked?.byPosition ?? false;
    const wanted: Sweep = { sites, operation, byPosition, metric, position };
    const onCells = (_: unknown, done: number, total: number) => say(`${done} of ${total} edits`);
    const result = await runSweep({ model, spec: forwardSpecOf(spec), ...prompts, sweep: wanted, onCells });
    return values.json ? JSON.stringify({ sweep: wanted, ...result }, null, 2) : sweepText(wanted, result, shape);
  });
}

function operationOf(text: string | undefined, experiment: Experiment | null): Sweep['operation'] {
  if (text === undefined && experiment?.sweep) return experiment.sweep.operation;
  const name = text ?? 'patch';
  const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
  if (operation) return operation;
  throw new UsageError(`--operation ${name}, expected patch, zero or mean.`);
}

function readSites(text: string): Sweep['sites'] {
  return text.split(',').map((name) => {
    const site = SITE_NAMES.find(([known]) => known === name.trim());
    if (site) return site[1];
    throw new UsageError(
      `--sites: ${name || '(nothing)'} is no place, expected ${SITE_NAMES.map(([known]) => known).join(', ')}.`,
    );
  });
}
