// The specifications that no engine runs: docs/guide.md prints the table that is made here of the very function that refuses them.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DEFAULT_RUN_SPEC, ENGINES, type Engine, parseOrder, type RunSpec, whyNotRunnable } from './runSpec.ts';

type Field = Exclude<keyof RunSpec, 'engine'>;
type Patch = { readonly [F in Field]?: RunSpec[F] };

/** Every value of every field, each alone; the orders that take a number by an example. */
const VALUES: readonly (readonly [Field, readonly Patch[]])[] = [
  ['qkv', [{ qkv: 'fused' }, { qkv: 'split' }]],
  ['kv', [{ kv: 'broadcast' }, { kv: 'repeat' }]],
  [
    'order',
    [
      { order: 'canonical' },
      { order: 'reversed' },
      { order: 'pairwise' },
      { order: 'compensated' },
      { order: 'blocked(16)' },
      { order: 'splitK(4)' },
    ],
  ],
  ['arithmetic', [{ arithmetic: 'native' }, { arithmetic: 'portable' }]],
  ['precision', [{ precision: 'f32' }, { precision: 'f16' }, { precision: 'bf16' }]],
  ['bias', [{ bias: 'inside' }, { bias: 'after' }]],
  ['softmax', [{ softmax: 'materialised' }, { softmax: 'online' }]],
];

/** What an engine refuses of a field, and why, in the words that a reader gets; null where it takes every value. */
function refusal(engine: Engine, field: Field, patches: readonly Patch[]) {
  const refused = patches.flatMap((patch) => {
    const why = whyNotRunnable({ ...DEFAULT_RUN_SPEC, engine, ...patch });
    return why === null ? [] : [{ value: String(patch[field]).replace(/\(\d+\)/, '(n)'), why }];
  });
  const [first] = refused;
  if (!first) return null;
  const why = first.why
    .replaceAll(`${field}=${first.value}`, `${field}=…`)
    .replace(`, not in ${first.value}`, ', not in …')
    .replace(`engine=${engine} `, 'engine=… ');
  return { engine, values: `${field}: ${refused.map(({ value }) => value).join(', ')}`, why };
}

const REFUSALS = VALUES.flatMap(([field, patches]) =>
  ENGINES.flatMap((engine) => refusal(engine, field, patches) ?? []),
);

/** The table in Markdown; engines that refuse alike share a row. */
function table(): string {
  const engines = new Map<string, Engine[]>();
  for (const { engine, values, why } of REFUSALS) {
    const rest = `${values} | ${why}`;
    engines.set(rest, [...(engines.get(rest) ?? []), engine]);
  }
  const rows = [...engines].map(([rest, names]) => `| ${names.join(', ')} | ${rest} |`);
  return ['| engine | refuses | in its words |', '|---|---|---|', ...rows].join('\n');
}

test('docs/guide.md prints the table of refusals that the code gives; where this fails, paste what was received', () => {
  const guide = readFileSync('docs/guide.md', 'utf8');
  const [, printed] = /<!-- refusals: refusals\.test\.ts -->\n([\s\S]*?)\n<!-- \/refusals -->/.exec(guide) ?? [];
  expect(printed).toBe(table());
});

test('our own kernels, ieee and a file run every value of every field; ONNX Runtime and f64 do not', () => {
  const refusing = new Set(REFUSALS.map(({ engine }) => engine));
  const taking = ENGINES.filter((engine) => !refusing.has(engine));
  expect(taking).toEqual(['webgpu', 'ieee', 'file']);
});

test('a word that is no order is refused by every engine that adds in one', () => {
  expect(parseOrder('shuffled')).toBeNull();
  for (const engine of ['webgpu', 'ieee'] as const) {
    // @ts-expect-error: what a link written by hand may hold
    const why = whyNotRunnable({ ...DEFAULT_RUN_SPEC, engine, order: 'shuffled' });
    expect(why).toMatch(/^order=shuffled is no summation order/);
  }
});
