import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type ComparisonSummary,
  DEFAULT_EXPERIMENT,
  DEFAULT_RUN_SPEC,
  type Experiment,
  type LadderRow,
  type RunReport,
  SPLIT_RUN_SPEC,
  type Verdict,
} from '../engine/index.ts';
import { type ReportRequest, reportText } from './report.ts';

const RUN = { logits: 'aa', blocks: [], top: [{ id: 7, probability: 0.25 }] };

function report(spec: RunReport['spec']): RunReport {
  const [hooks, kernels, notApplied, notes] = [[], [], [], []];
  const counters = { dispatches: 0, submits: 0, bufferAllocations: 0, allocatedBytes: 0, pipelinesCompiled: 0 };
  return {
    ...{ spec, elapsedMs: 12.5, hooks, kernels, notApplied, notes },
    counters: { ...counters, bindGroups: 0, uploadedBytes: 0, readbackBytes: 0, multiplyAdds: 0 },
    gpuBytes: {
      weights: 0,
      activations: 0,
      captures: 0,
      staging: 0,
      others: 0,
      total: 0,
      budget: null,
      streamed: false,
    },
  };
}

function row(hook: LadderRow['hook'], verdict: Verdict, maxAbs: number): LadderRow {
  const figures = { rms: 0, relL2: maxAbs / 2, sqnrDb: 0, cosine: 1, ulpMedian: 0, ulpP99: 3, ulpMax: 4 };
  const summary: ComparisonSummary = {
    ...{ verdict, n: 10, mismatched: verdict === 'outside' ? 2 : 0, bitEqual: 4, maxAbs, maxAbsIndex: [1, 0] },
    ...{ ...figures, nonFiniteA: 0, nonFiniteB: 0, smallestAtol: 0 },
  };
  return { hook, shapeA: [2, 5], shapeB: [2, 5], summary, local: null };
}

function request(ladder: readonly LadderRow[], experiment: Experiment = DEFAULT_EXPERIMENT): ReportRequest {
  const fingerprint = { modelHash: 'f00d', tokens: 'bead', a: RUN, b: RUN, maxAbs: 0 };
  return {
    experiment,
    ladder,
    result: {
      ...{ runId: 1, tokenIds: [0, 5], a: report(DEFAULT_RUN_SPEC), b: report(SPLIT_RUN_SPEC), ladder, facts: [] },
      fingerprint: { ...fingerprint, adapter: 'google swiftshader', appVersion: '0.1.0' },
    },
    tokens: ['<bos>', '·Mary'],
    spell: (id) => (id === 7 ? '·the' : null),
    url: 'https://example.org/#w1.x',
    instrument: ['This adapter keeps the order of sums.'],
  };
}

test('equal runs are reported bit-identical, with what is needed to run them again', () => {
  const text = reportText(request([row('hook_embed', 'bit-identical', 0)]));
  expect(text).toContain('**Bit-identical (0 ULP)** in every element of all 1 hooks.');
  expect(text).toContain('| qkv | `fused` | `split` |');
  expect(text).toContain('| A | 1 | `·the` | 7 | 0.25 |');
  for (const fact of ['f00d', '0, 5', '·Mary', 'google swiftshader', '0.1.0', '<https://example.org/#w1.x>'])
    expect(text).toContain(fact);
});

test('the first departure and the first failure are named each, and the table leaves equal hooks out', () => {
  const text = reportText(
    request([
      row('hook_embed', 'bit-identical', 0),
      row('blocks.0.hook_attn_out', 'within', 1e-7),
      row('blocks.1.hook_mlp_out', 'outside', 0.5),
    ]),
  );
  expect(text).toContain('**Outside tolerance** at 1 of 3 hooks, first at `blocks.1.hook_mlp_out`.');
  expect(text).toContain('The first departure in bits is at `blocks.0.hook_attn_out`: largest |B − A|');
  expect(text).toContain('| `blocks.1.hook_mlp_out` | outside | 2 |');
  expect(text).not.toContain('| `hook_embed`');
});

test('a run alone, and one that no link is of, say so', () => {
  const alone = request([]);
  const text = reportText({ ...alone, result: { ...alone.result, b: null }, url: null });
  expect(text).toContain('One run was made (A)');
  expect(text).toContain('No link is of this run');
});

test('no token leaves its code span or splits its row', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom('`', '|', '\\', '\n', '<', 'a', '\u2028') })), (tokens) => {
      const text = reportText({ ...request([]), tokens });
      const line = text.split('\n').find((candidate) => candidate.startsWith('| tokens |'));
      const cell = line?.slice('| tokens | '.length, -' |'.length) ?? '';
      expect(cell).not.toContain('|');
      expect(spans(cell)).toBe(tokens.length);
    }),
  );
});

/** Counts code spans as CommonMark reads them: from a run of backticks to the next run of as many. Fails on anything between them. */
function spans(text: string): number {
  let [rest, count] = [text, 0];
  while (rest !== '') {
    const fence = /^`+/.exec(rest)?.[0] ?? '';
    expect(fence).not.toBe('');
    const end = [...rest.slice(fence.length).matchAll(/`+/g)].find(([run]) => run === fence);
    expect(end).toBeDefined();
    rest = rest.slice(2 * fence.length + (end?.index ?? 0)).replace(/^ /, '');
    count += 1;
  }
  return count;
}
