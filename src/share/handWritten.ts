// The link that people write by hand, in papers and notes: `#model=demo-gqa&split=1&layer=2&head=3`. Every key:
//
//   model=demo-gqa            a bundled model; model=owner/name@revision, one on the hub
//   prompt=When+Mary…         percent-encoded, + is a space            bos=1 | 0 | model
//   ids=0,523,11              token ids; they win over prompt
//   mode=fused|split|compare  split=1 is mode=split, split=0 is mode=fused
//   a.order=canonical         a field of run A; b.order=… of run B. Fields: engine qkv kv order arithmetic bias precision softmax
//   order=reversed  kv=repeat without a. or b.: of the run under scrutiny, which is A in mode=fused and B otherwise
//   atol=5e-4  rtol=1e-5      hook=blocks.2.attn.hook_z
//   layer=2  head=3           show=pattern|scores   side=a|b|delta|absDelta   cell=14,3 (query, key)
//
// What is left out is version 1's default. A key that cannot be used is named; the others hold.
import * as v from 'valibot';
import type { OpenedLink } from './openedLink.ts';
import { describeIssue } from './schema/issue.ts';
import { runSpecFields } from './schema/runSpec.ts';
import { type Version1, version1, withDefaults } from './version1.ts';

/** Turns what is written into JSON; what cannot be read stays text, and the schema then says what it expected. */
type Reading = (text: string) => unknown;
type Place = { readonly part: string; readonly field?: string; readonly read: Reading };

const asText: Reading = (text) => text;
const asNumber: Reading = (text) => (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(text) ? Number(text) : text);
const asNumbers: Reading = (text) => text.split(',').map((part) => asNumber(part.trim()));
const asSwitch: Reading = (text) => (text === '1' ? true : text === '0' ? false : text);
const asMode: Reading = (text) => (text === '1' ? 'split' : text === '0' ? 'fused' : text);

const PLACES: ReadonlyMap<string, Place> = new Map<string, Place>([
  ['model', { part: 'model', read: asModel }],
  ['mode', { part: 'mode', read: asText }],
  ['split', { part: 'mode', read: asMode }],
  ['prompt', { part: 'prompt', field: 'text', read: asText }],
  ['bos', { part: 'prompt', field: 'prependBos', read: asSwitch }],
  ['ids', { part: 'prompt', field: 'tokenIds', read: asNumbers }],
  ['atol', { part: 'tolerance', field: 'atol', read: asNumber }],
  ['rtol', { part: 'tolerance', field: 'rtol', read: asNumber }],
  ['hook', { part: 'view', field: 'hook', read: asText }],
  ['layer', { part: 'view', field: 'layer', read: asNumber }],
  ['head', { part: 'view', field: 'head', read: asNumber }],
  ['show', { part: 'view', field: 'show', read: asText }],
  ['side', { part: 'view', field: 'side', read: asText }],
  ['cell', { part: 'view', field: 'cell', read: asNumbers }],
]);

const MAX_PROBLEMS = 8;

/** Reads the hand-written form (without its #). */
export function readHandWritten(text: string): OpenedLink {
  const problems: string[] = [];
  let sent: Version1 = {};
  for (const [key, value] of modesFirst([...new URLSearchParams(text)])) {
    const outcome = readKey(key, value, sent.mode === 'fused' ? 'a' : 'b');
    if (typeof outcome === 'string') problems.push(outcome);
    else sent = merge(sent, outcome);
  }
  return { experiment: withDefaults(sent), problems: problems.slice(0, MAX_PROBLEMS) };
}

/** The mode decides which run a bare `order=` belongs to, wherever it stands in the link. */
function modesFirst(written: readonly [string, string][]): readonly [string, string][] {
  const isMode = ([key]: [string, string]) => key === 'mode' || key === 'split';
  return [...written.filter(isMode), ...written.filter((entry) => !isMode(entry))];
}

/** Gives the part of a link that one key stands for, or the sentence that says why it stands for none. */
function readKey(key: string, value: string, bareSide: 'a' | 'b'): Version1 | string {
  const place = PLACES.get(key) ?? specPlace(key, bareSide);
  if (place === null) return `This link has ${quote(key)}, which is no key that Splitscope knows; it was left out.`;
  const json = place.read(value);
  const parsed = v.safeParse(version1, { [place.part]: place.field ? { [place.field]: json } : json });
  if (parsed.success) return parsed.output;
  return `This link's ${key}=${quote(value)} was left out: ${parsed.issues.map(describeIssue).join('; ')}.`;
}

function specPlace(key: string, bareSide: 'a' | 'b'): Place | null {
  const match = /^(?:([ab])\.)?(\w+)$/.exec(key);
  const field = match?.[2];
  if (field === undefined || !Object.hasOwn(runSpecFields, field)) return null;
  return { part: match?.[1] ?? bareSide, field, read: asText };
}

function asModel(text: string): unknown {
  if (!text.includes('/')) return { source: 'bundled', name: text };
  const [repo, revision] = text.split('@', 2);
  return revision === undefined ? { source: 'hub', repo } : { source: 'hub', repo, revision };
}

function merge(earlier: Version1, later: Version1): Version1 {
  return {
    ...earlier,
    ...later,
    prompt: { ...earlier.prompt, ...later.prompt },
    a: { ...earlier.a, ...later.a },
    b: { ...earlier.b, ...later.b },
    tolerance: { ...earlier.tolerance, ...later.tolerance },
    view: { ...earlier.view, ...later.view },
  };
}

function quote(text: string): string {
  return `"${text.length > 60 ? `${text.slice(0, 60)}…` : text}"`;
}
