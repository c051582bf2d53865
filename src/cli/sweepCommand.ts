// `sweep`: one edit at every head or layer in turn, and what each does to the prediction, as maps of text or as JSON.
import { parseArgs } from 'node:util';
import { forwardSpecOf, runSweep, type Sweep, type SweepResult } from '../engine/index.ts';
import { type Command, say, theFolder, UsageError } from './command.ts';
import { openDirectory, readPrompt } from './openDirectory.ts';
import { readMetric } from './readMetric.ts';
import { readRunSpec } from './readRunSpec.ts';
import { SITE_NAMES, sweepText } from './sweepText.ts';

export const SWEEP: Command = {
  name: 'sweep',
  summary: 'edit every head or layer in turn, and map what each does to the prediction',
  usage: `Usage: splitscope sweep DIR (--prompt "…" | --tokens 1,2,3) [--corrupted "…" | --corrupted-tokens 1,2,3] --metric METRIC
                       [--sites q,k,v] [--operation patch] [--position N] [--by-position] [--spec SPEC] [--json]
  METRIC is logit-diff:RIGHT,WRONG · prob:TOKEN · rank:TOKEN · kl; a token is text such as ' Mary' or "' Mary'", or #523, its id.
  SITES are q, k, v (inputs of single heads), pattern, z, resid, mlp. OPERATION is patch (from the corrupted prompt), zero or mean.
  The metric looks behind position N, the last one unless given. --by-position edits resid and mlp at each position in turn.

Examples:
  splitscope sweep public/models/demo-gqa --prompt "When Mary and John went to the store, John gave a drink to" \\
    --corrupted "When Mary and John went to the store, Mary gave a drink to" --sites q,k,v --metric logit-diff:" Mary"," John"
  splitscope sweep ./my-model --tokens 1,2,3 --sites z,mlp --operation zero --metric kl --json`,
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
      prompt: { type: 'string' },
      tokens: { type: 'string' },
      corrupted: { type: 'string' },
      'corrupted-tokens': { type: 'string' },
      metric: { type: 'string' },
      sites: { type: 'string', default: 'q,k,v' },
      operation: { type: 'string', default: 'patch' },
      position: { type: 'string' },
      'by-position': { type: 'boolean', default: false },
      spec: { type: 'string', default: 'qkv=split' },
      json: { type: 'boolean', default: false },
    },
  });
  const directory = theFolder(positionals, 'sweep');
  const operation = Object.hasOwn(OPERATIONS, values.operation) ? OPERATIONS[values.operation] : undefined;
  if (!operation) throw new UsageError(`--operation ${values.operation}, expected patch, zero or mean.`);
  const corruptedWish = { prompt: values.corrupted, tokens: values['corrupted-tokens'] };
  const hasCorrupted = corruptedWish.prompt !== undefined || corruptedWish.tokens !== undefined;
  if (values.operation === 'patch' && !hasCorrupted) {
    throw new UsageError(
      '--operation patch takes from the corrupted prompt: give --corrupted "text", or zero or mean.',
    );
  }
  const spec = forwardSpecOf(readRunSpec(values.spec, '--spec'));
  const sites = readSites(values.sites);
  const metric = await readMetric(values.metric, directory);
  const corruptedTokenIds = hasCorrupted ? await readPrompt(directory, corruptedWish) : null;
  const { model, tokenIds } = await openDirectory(directory, values);
  try {
    const position = readPosition(values.position, tokenIds.length);
    const wanted: Sweep = { sites, operation, byPosition: values['by-position'], metric, position };
    const onCells = (_: unknown, done: number, total: number) => say(`${done} of ${total} edits`);
    const result = await runSweep({ model, spec, tokenIds, corruptedTokenIds, sweep: wanted, onCells });
    const { nLayers, nHeads, nKeyValueHeads } = model.config;
    const hasKvHeads = spec.kv === 'broadcast' && nKeyValueHeads < nHeads;
    console.log(values.json ? json(wanted, result) : sweepText(wanted, result, { nLayers, hasKvHeads }));
    return 0;
  } finally {
    model.destroy();
    model.gpu.destroy();
  }
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

function readPosition(text: string | undefined, nPos: number): number {
  if (text === undefined) return nPos - 1;
  if (/^\d+$/.test(text) && Number(text) < nPos) return Number(text);
  throw new UsageError(`--position ${text}, expected 0 to ${nPos - 1}: the prompt has ${nPos} tokens.`);
}

function json(sweep: Sweep, result: SweepResult): string {
  return JSON.stringify({ sweep, ...result }, null, 2);
}
