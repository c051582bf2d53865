// Every case, run as the page runs it, through the worker: what its text says must hold, and every figure must be there.
import { expect, test } from 'vitest';
import { openBench } from '../../test/support/bench.ts';
import type { Amplification, HeadScores, PathSweepResult, Probe, SweepResult } from '../engine/index.ts';
import { decodeLink } from '../share/decode.ts';
import { encodeLink } from '../share/encode.ts';
import type { Reading } from '../worker/answers.ts';
import type { CaseStep, Live } from './case.ts';
import { CASES, findCase } from './cases.ts';

/** Runs a step and what it asks; gives what its text is told of. */
async function live({ experiment, ask }: CaseStep): Promise<Live> {
  const { client, close } = await openBench();
  try {
    await client.ask({ kind: 'openDevice' });
    await client.ask({ kind: 'loadModel', reference: experiment.model });
    const idsOf = async (text: string) =>
      (await client.ask({ kind: 'tokenize', text, prependBos: 'model' })).map(({ id }) => id);
    const tokenIds = await idsOf(experiment.prompt.text);
    const corruptedTokenIds = experiment.corrupted && (await idsOf(experiment.corrupted.text));
    const result = await client.ask({ kind: 'run', experiment, tokenIds, corruptedTokenIds });
    const on = { spec: experiment.a, tokenIds, corruptedTokenIds };
    const { sweep, paths } = experiment;
    const swept: SweepResult | null = sweep && (await client.ask({ kind: 'sweep', ...on, sweep }));
    const patched: PathSweepResult | null = paths && (await client.ask({ kind: 'paths', ...on, sweep: paths }));
    let [scores, reading, probe]: [HeadScores | null, Reading | null, Probe | null] = [null, null, null];
    if (ask?.kind === 'scores')
      scores = await client.ask({ kind: 'headScores', spec: experiment.a, length: 50, prompts: 2, seed: 1 });
    if (ask?.kind === 'reading') {
      const position = tokenIds.length - 1;
      reading = await client.ask({ kind: 'reading', ...on, interventions: [], position, tokens: ask.tokens });
    }
    if (ask?.kind === 'probe')
      probe = await client.ask({ kind: 'probe', what: ask.what, spec: experiment.a, tokenIds });
    const { runId } = result;
    const amplification: Amplification | null =
      ask?.kind === 'amplification' ? await client.ask({ kind: 'amplification', runId, of: ask.of }) : null;
    return {
      result,
      ladder: result.ladder,
      sweep: swept && { ...swept, isDone: true },
      paths: patched && { ...patched, isDone: true },
      scores,
      attribution: reading?.attribution ?? null,
      probe,
      amplification,
    };
  } finally {
    close();
  }
}

/** The text of a step, figures in [brackets]. */
async function told(id: string, step: number): Promise<string> {
  const found = findCase(id)?.steps[step];
  if (!found) throw new Error(`there is no step ${step} of ${id}`);
  const paragraphs = found.tell(await live(found));
  const text = paragraphs
    .map((pieces) => pieces.map((piece) => (typeof piece === 'string' ? piece : `[${piece.figure}]`)).join(''))
    .join('\n');
  expect(text).not.toMatch(/\[(–|NaN|undefined|)\]|…$/m); // every figure is there, nothing is still awaited
  return text;
}

/** The number that follows some words. */
function figureAfter(text: string, words: string): number {
  const at = text.indexOf(`${words} [`);
  expect(at, `${words} in: ${text}`).toBeGreaterThanOrEqual(0);
  return Number(
    text
      .slice(at + words.length + 2)
      .replace('−', '-')
      .split(/[\]\s]/)[0],
  );
}

test('#519 in f32: sharp attention carries another order out of atol 5e-4, the same order stays at 0, and so does none', async () => {
  const sharp = await told('519-f32', 0);
  expect(sharp).toContain('[blocks.0.attn.hook_q]');
  const [early, late] = ['the scores of block 0 differ by', 'those of block 3 by'].map((words) =>
    figureAfter(sharp, words),
  );
  expect(late).toBeGreaterThan(4 * (early ?? 0));
  expect(late).toBeGreaterThan(5e-4);
  expect(sharp).not.toContain('[0 of');
  expect(await told('519-f32', 1)).toContain('[bit-identical at all 85 hooks]. It was never the split');
  const plain = await told('519-f32', 2);
  expect(plain).toContain('[0 of 85] hooks leave the tolerance');
  const blocks = await told('519-f32', 3);
  const [inAll, asTrained] = [
    figureAfter(blocks, 'all blocks together by'),
    figureAfter(plain, 'multiply what enters them by'),
  ];
  expect(inAll).toBeGreaterThan(4 * asTrained); // sharp attention amplifies
  expect(blocks).toMatch(/its attention by \[\d/);
});

test('#519 in bf16: the bias after the rounding moves the logits, inside it moves nothing', async () => {
  const after = await told('519-bf16', 0);
  expect(figureAfter(after, 'The logits differ by')).toBeGreaterThan(0.05);
  expect(await told('519-bf16', 1)).toContain('The logits differ by [0]: A and B are [bit-identical at all 77 hooks]');
});

test('#558: 1.14 crashes over k and multiplies q by n_heads; ours is bit-identical', async () => {
  const text = await told('558-grouped', 0);
  expect(text).toContain('subscript k has size 2 for operand 1 which does not broadcast with previously seen size 8]');
  expect(text).toContain('q is [8] times ours');
  expect(text).toContain('[[15, 2, 128]]');
  expect(text).toContain('[bit-identical at all 85 hooks]');
});

test('#661: another kernel, other logits; our batch, no bit', async () => {
  const text = await told('661-batch', 0);
  expect(figureAfter(text, 'here by')).toBeGreaterThan(0);
  expect(text).toMatch(/\[0\] of \[[\d,]+\] elements differ, over all \[85\] hooks/);
});

test('the online softmax has other bits beyond a block, and the same within one', async () => {
  const text = await told('online-softmax', 0);
  expect(text).toContain('attn.hook_pattern], by');
  expect(figureAfter(text, 'B walks')).toBeGreaterThan(32);
  expect(await told('online-softmax', 1)).toContain('[bit-identical at all 85 hooks]');
});

test('bf16 costs more than f16, by about its three bits', async () => {
  const [f16, bf16] = [await told('f16-bf16', 0), await told('f16-bf16', 1)];
  const ratio = figureAfter(bf16, 'The logits differ by') / figureAfter(f16, 'The logits differ by');
  expect(ratio).toBeGreaterThan(2);
  expect(ratio).toBeLessThan(32);
  await told('f16-bf16', 2);
});

test('ONNX Runtime’s fused attention on the processor agrees with ours', async () => {
  expect(await told('onnx-gqa', 1)).toContain('[0 of');
});

test('the walk-through finds the heads that the demo model is known for, and the name’s way through the stream', async () => {
  expect(await told('indirect-object', 0)).toContain('probability [0.9984]');
  const scores = await told('indirect-object', 1);
  expect(scores).toMatch(/\[L0H7 0\.\d+, L0H/);
  expect(scores).toMatch(/\[L1H\d 0\.[789]\d*, L1H/);
  const way = await told('indirect-object', 2);
  expect(way).toMatch(/block 0: position 10, .*block 3: position 14/);
  expect(figureAfter(way, 'Clean, Mary is ahead of John by')).toBeGreaterThan(0);
  expect(figureAfter(way, 'corrupted, by')).toBeLessThan(0);
  expect(await told('indirect-object', 3)).toMatch(/falls most by \[L\dH\d \d/);
  const inputs = await told('indirect-object', 4);
  expect(inputs).toMatch(/most by \[L0KV1 v 2\d\.\d+, L2KV1 v 2\d\.\d+, /); // the value inputs carry it
  const heard = await told('indirect-object', 5);
  expect(heard).toMatch(/of the heads \[L2H[567] \d\.\d+, L2H[567] \d\.\d+, L2H[567] \d/);
  expect(await told('indirect-object', 6)).toMatch(/falls most by \[L1 MLP 8\.\d+, L0H7 \d/);
  expect(await told('indirect-object', 7)).toContain('The largest parts: [');
});

test('every step’s experiment is what a link carries', async () => {
  expect(new Set(CASES.map(({ id }) => id)).size).toBe(CASES.length);
  for (const { experiment } of CASES.flatMap(({ steps }) => steps)) {
    expect(await decodeLink(await encodeLink(experiment))).toEqual({ experiment, problems: [] });
  }
});
