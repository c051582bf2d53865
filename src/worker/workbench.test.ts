import { expect, test } from 'vitest';
import { openBench } from '../../test/support/bench.ts';
import { writeNpz } from '../captures/npz.ts';
import { DEFAULT_EXPERIMENT, type RunSpec } from '../engine/index.ts';
import { meanShareBound } from '../engine/tensor/tolerances.ts';

test('the demo model answers through the worker: tokens, both runs bit for bit, patterns, next tokens', async () => {
  const { client, close } = await openBench();
  await client.ask({ kind: 'openDevice' });
  const model = await client.ask({ kind: 'loadModel', reference: DEFAULT_EXPERIMENT.model });
  expect([model.parameters, model.dtype, model.prependsBos]).toEqual([967_808, 'bf16', true]);
  const tokens = await client.ask({ kind: 'tokenize', text: DEFAULT_EXPERIMENT.prompt.text, prependBos: 'model' });
  expect(tokens.map(({ id }) => id)).toEqual([0, 631, 523, 269, 521, 323, 262, 260, 655, 12, 521, 332, 259, 585, 262]);
  const tokenIds = tokens.map(({ id }) => id);
  const result = await client.ask({ kind: 'run', experiment: DEFAULT_EXPERIMENT, tokenIds });
  expect(result.ladder.length).toBeGreaterThan(80);
  expect(result.ladder.filter(({ summary }) => summary.verdict !== 'bit-identical')).toEqual([]);
  expect(result.facts.filter(({ holds }) => !holds)).toEqual([]);
  const outputs = await client.ask({ kind: 'outputs', runId: result.runId, position: 14 });
  expect(outputs.rows[0]).toMatchObject({ token: { text: ' Mary' }, b: { rank: 0 } });
  expect(outputs.rows[0]?.b?.probability).toBeCloseTo(0.9984, 4);
  const [mary = 0, second = 0] = outputs.rows.map(({ token }) => token.id);
  const predictions = await client.ask({ kind: 'predictions', runId: result.runId, pair: [mary, second] });
  expect(predictions.kl).toEqual(new Array(15).fill(0));
  expect(predictions.differenceA?.[14]).toBe((outputs.rows[0]?.a?.logit ?? 0) - (outputs.rows[1]?.a?.logit ?? 0));
  const hook = 'blocks.1.attn.hook_pattern';
  const table = await client.ask({ kind: 'table', runId: result.runId, hook, by: 'a', count: 5 });
  expect([table.n, table.elements.length, table.elements[0]?.ulp]).toEqual([8 * 15 * 15, 5, 0]);
  const atlas = await client.ask({ kind: 'atlas', runId: result.runId });
  expect([atlas?.side, atlas?.heads.nLayers, atlas?.heads.nHeads, atlas?.heads.extent]).toEqual(['a', 4, 8, 15]);
  expect(atlas?.heads.maxAbsDelta).toEqual(new Array(32).fill(0));
  const { nPos, a, delta } = await client.ask({
    kind: 'head',
    runId: result.runId,
    show: 'pattern',
    layer: 1,
    head: 3,
  });
  const values = a?.levels[0] ?? new Float32Array();
  expect([delta?.low, delta?.high]).toEqual([0, 0]);
  const previous = Array.from({ length: nPos - 1 }, (_, query) => values[(query + 1) * nPos + query] ?? 0);
  const mean = previous.reduce((sum, value) => sum + value, 0) / previous.length;
  const score = atlas?.heads.scores.previousToken[8 + 3] ?? Number.NaN;
  expect(Math.abs(score - mean)).toBeLessThanOrEqual(meanShareBound(nPos + Math.ceil(nPos / 4) + 4, mean));
  const again = await client.ask({ kind: 'run', experiment: DEFAULT_EXPERIMENT, tokenIds });
  expect(again.a?.counters).toMatchObject({ bufferAllocations: 0, pipelinesCompiled: 0, bindGroups: 0, submits: 1 });
  const stale = client.ask({ kind: 'outputs', runId: result.runId, position: 14 });
  await expect(stale).rejects.toThrow('a newer one took its place');
  close();
});

test.each(['reversed', 'pairwise', 'blocked(16)', 'splitK(4)'] as const)(
  'order %s differs from canonical, within atol 5e-4',
  async (order) => {
    const { client, close } = await openBench();
    await client.ask({ kind: 'openDevice' });
    await client.ask({ kind: 'loadModel', reference: DEFAULT_EXPERIMENT.model });
    const experiment = { ...DEFAULT_EXPERIMENT, b: { ...DEFAULT_EXPERIMENT.b, order } };
    const result = await client.ask({ kind: 'run', experiment, tokenIds: [0, 631, 523, 269] });
    const first = result.ladder.find(({ summary }) => summary.verdict !== 'bit-identical');
    expect(first?.hook).toBe('blocks.0.attn.hook_q');
    expect(result.ladder.filter(({ summary }) => summary.verdict === 'outside')).toEqual([]);
    const inspection = await client.ask({
      kind: 'inspect',
      runId: result.runId,
      hook: 'blocks.0.attn.hook_q',
      tolerance: experiment.tolerance,
    });
    expect(inspection.worst[0]?.ulp).toBeGreaterThan(0);
    close();
  },
);

const IDS = [0, 631, 523, 269, 521, 323, 262];

test('a comparison that goes on from A alone gives what one made whole gives, and runs A once', async () => {
  const { client, close } = await openBench();
  await client.ask({ kind: 'openDevice' });
  await client.ask({ kind: 'loadModel', reference: DEFAULT_EXPERIMENT.model });
  const request = { kind: 'run', experiment: DEFAULT_EXPERIMENT, tokenIds: IDS } as const;
  const half = await client.ask({ ...request, experiment: { ...DEFAULT_EXPERIMENT, mode: 'fused' } });
  const goneOn = await client.ask({ ...request, aOf: half.runId });
  expect(goneOn.a).toEqual(half.a); // the very run: its time and its counts too
  const whole = await client.ask({ ...request, aOf: half.runId }); // no longer the run last made: A runs
  expect(whole.a?.counters.bufferAllocations).toBe(0); // again, in what the first prepared
  expect(goneOn.fingerprint).toEqual(whole.fingerprint);
  expect(goneOn.ladder).toEqual(whole.ladder);
  expect(goneOn.facts).toEqual(whole.facts);
  close();
});

test.each(['fused', 'split'] as const)(
  'ONNX Runtime as run B (%s) agrees with our kernels at every hook',
  async (qkv) => {
    const { client, close } = await openBench();
    await client.ask({ kind: 'openDevice' });
    await client.ask({ kind: 'loadModel', reference: DEFAULT_EXPERIMENT.model });
    const b = { ...DEFAULT_EXPERIMENT.b, engine: 'onnx' as const, qkv };
    const experiment = { ...DEFAULT_EXPERIMENT, a: { ...DEFAULT_EXPERIMENT.a, qkv }, b };
    const result = await client.ask({ kind: 'run', experiment, tokenIds: IDS });
    expect(result.ladder).toHaveLength(result.a?.hooks.length ?? 0);
    expect(result.ladder.filter(({ summary }) => summary.verdict === 'outside')).toEqual([]);
    expect(result.ladder.some(({ summary }) => summary.verdict === 'within')).toBe(true); // another engine, other roundings
    const atlas = await client.ask({ kind: 'atlas', runId: result.runId });
    const largest = result.ladder
      .filter(({ hook }) => hook.endsWith('hook_pattern'))
      .map(({ summary }) => summary.maxAbs);
    const deltas = atlas?.heads.maxAbsDelta ?? [];
    expect(largest.map((_, layer) => Math.max(...deltas.slice(8 * layer, 8 * layer + 8)))).toEqual(largest);
    const reordered = { ...experiment, b: { ...b, order: 'reversed' as const } };
    await expect(client.ask({ kind: 'run', experiment: reordered, tokenIds: IDS })).rejects.toThrow(
      'engine=onnx has no order=reversed',
    );
    close();
  },
);

test('ONNX Runtime with its own operators agrees too, and the way that a host has not is refused', async () => {
  const { client, close } = await openBench();
  await client.ask({ kind: 'openDevice' });
  await client.ask({ kind: 'loadModel', reference: DEFAULT_EXPERIMENT.model });
  const withB = (engine: RunSpec['engine'], qkv: RunSpec['qkv'] = 'fused') => ({
    kind: 'run' as const,
    experiment: { ...DEFAULT_EXPERIMENT, b: { ...DEFAULT_EXPERIMENT.b, qkv, engine } },
    tokenIds: IDS,
  });
  const { ladder } = await client.ask(withB('onnx-fused'));
  expect(ladder.map(({ hook }) => hook)).toContain('blocks.3.attn.hook_z');
  expect(ladder.map(({ hook }) => hook)).not.toContain('blocks.3.attn.hook_pattern');
  expect(ladder.filter(({ summary }) => summary.verdict === 'outside')).toEqual([]);
  await expect(client.ask(withB('onnx-fused', 'split'))).rejects.toThrow('qkv=fused, kv=broadcast; use engine=onnx');
  await expect(client.ask(withB('onnx-webgpu'))).rejects.toThrow('engine=onnx-webgpu is not available here');
  close();
});

test('a capture file is run B: the same bits where it holds them, the rest listed', async () => {
  const { client, close } = await openBench();
  await client.ask({ kind: 'openDevice' });
  await client.ask({ kind: 'loadModel', reference: DEFAULT_EXPERIMENT.model });
  const { runId } = await client.ask({ kind: 'run', experiment: DEFAULT_EXPERIMENT, tokenIds: IDS });
  const z = await client.ask({ kind: 'values', runId, side: 'a', hook: 'blocks.2.attn.hook_z' });
  const wrong = { shape: [1, 1, 3], values: new Float32Array(3) };
  const bytes = writeNpz(
    new Map([
      ['fused.blocks.2.attn.hook_z', { ...z, shape: [1, ...z.shape] }],
      ['fused.hook_embed', wrong],
      ['loss', wrong],
    ]),
  );
  const opened = await client.ask({ kind: 'openCaptures', fileName: 'theirs.npz', bytes });
  expect(opened.groups).toEqual([{ prefix: 'fused', tensors: 2 }]);
  const b = { ...DEFAULT_EXPERIMENT.b, engine: 'file' as const };
  const result = await client.ask({ kind: 'run', experiment: { ...DEFAULT_EXPERIMENT, b }, tokenIds: IDS });
  expect(result.ladder.map(({ hook, summary }) => [hook, summary.verdict])).toEqual([
    ['blocks.2.attn.hook_z', 'bit-identical'],
  ]);
  expect(result.b?.notes).toEqual([
    '1 hooks of run A were found in theirs.npz (fused).',
    expect.stringMatching(/^Not in the file: /),
    'hook_embed has shape [1, 1, 3], the run has [7, 128] (the same prompt, the same model?).',
    'loss is no hook of TransformerLens that Splitscope knows.',
  ]);
  const notes = client.ask({
    kind: 'openCaptures',
    fileName: 'notes.txt',
    bytes: new TextEncoder().encode('hello, you'),
  });
  await expect(notes).rejects.toThrow('notes.txt is no capture file');
  close();
});
