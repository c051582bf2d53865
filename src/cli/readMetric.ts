// A metric as it is written on the command line: logit-diff:" Mary"," John", prob:#523, rank:' Mary', kl.
import type { Metric } from '../engine/index.ts';
import { UsageError } from './command.ts';
import { openTokenizer } from './openDirectory.ts';

const KINDS = 'logit-diff:RIGHT,WRONG, prob:TOKEN, rank:TOKEN or kl';

/** Reads a metric; the tokenizer is opened where a token is text. Throws UsageError with what was expected. */
export async function readMetric(text: string | undefined, directory: string): Promise<Metric> {
  if (text === undefined) throw new UsageError(`Give --metric: ${KINDS}.`);
  if (text === 'kl') return { kind: 'kl' };
  const [kind, rest] = [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)];
  const names = rest.split(',');
  const tokens = () => Promise.all(names.map((name) => tokenOf(name, directory)));
  if (kind === 'logit-diff' && names.length === 2) {
    const [right = 0, wrong = 0] = await tokens();
    return { kind: 'logitDifference', tokens: [right, wrong] };
  }
  if ((kind === 'prob' || kind === 'rank') && names.length === 1) {
    const [token = 0] = await tokens();
    return { kind: kind === 'prob' ? 'probability' : 'rank', token };
  }
  throw new UsageError(`--metric ${text}, expected ${KINDS}.`);
}

/** One token: #523 is an id; all else is text that must be one token, with or without quotes around it. */
async function tokenOf(name: string, directory: string): Promise<number> {
  const id = /^#(\d+)$/.exec(name)?.[1];
  if (id !== undefined) return Number(id);
  const text = /^(['"])(.*)\1$/.exec(name)?.[2] ?? name;
  const ids = (await openTokenizer(directory)).encode(text, false);
  const [only] = ids;
  if (only !== undefined && ids.length === 1) return only;
  throw new UsageError(
    `--metric: '${text}' is ${ids.length} tokens (${ids.join(', ')}), expected one; #${only ?? 0} names an id.`,
  );
}
