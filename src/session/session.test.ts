import { expect, test } from 'vitest';
import { DEFAULT_EXPERIMENT, type Experiment, type ExperimentResult, type RunReport } from '../engine/index.ts';
import type { Client } from '../worker/client.ts';
import { connect } from '../worker/client.ts';
import { type Handlers, serve } from '../worker/host.ts';
import type { FromWorker, ToWorker } from '../worker/protocol.ts';
import { createSession } from './createSession.ts';

const CONFIG = { nLayers: 4, nHeads: 8, nKeyValueHeads: 2, nCtx: 512 };

const COUNTERS = {
  dispatches: 1,
  submits: 1,
  bufferAllocations: 0,
  allocatedBytes: 0,
  pipelinesCompiled: 0,
  bindGroups: 0,
  uploadedBytes: 8,
  readbackBytes: 0,
  multiplyAdds: 1,
} as const;

/** A worker in this process that answers plainly: a token a word, a run a moment long, every digest by the prompt. */
function plainWorker(delayMs = 5) {
  const ran: Experiment[] = [];
  const aborted: Experiment[] = [];
  let runId = 0;
  const report = (spec: Experiment['a']): RunReport => ({
    spec,
    elapsedMs: 1,
    hooks: [{ hook: 'blocks.1.attn.hook_pattern', shape: [8, 2, 2], storedBytes: 128 }],
    counters: COUNTERS,
    kernels: [],
    gpuBytes: { weights: 1, activations: 1, captures: 1 },
  });
  const run: Handlers['run'] = async ({ experiment, tokenIds }, { signal }) => {
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (signal.aborted) aborted.push(experiment);
    signal.throwIfAborted();
    ran.push(experiment);
    runId += 1;
    const top = [{ id: 5, probability: 0.9 }];
    const digest = String(tokenIds.length).padStart(16, '0');
    const result: ExperimentResult = {
      runId,
      tokenIds,
      a: experiment.mode === 'split' ? null : report(experiment.a),
      b: experiment.mode === 'fused' ? null : report(experiment.b),
      ladder: [],
      facts: [],
      fingerprint: {
        modelHash: 'f'.repeat(64),
        tokens: digest,
        a: experiment.mode === 'split' ? null : { logits: digest, blocks: [digest], top },
        b: experiment.mode === 'fused' ? null : { logits: digest, blocks: [digest], top },
        maxAbs: 0,
        adapter: 'test',
        appVersion: 'test',
      },
    };
    return result;
  };
  const token = (id: number) => ({ id, text: `t${id}`, bytes: null, special: false });
  const unused = async () => {
    throw new Error('internal: not asked for in these tests');
  };
  const handlers = {
    openDevice: async () => ({
      vendor: '',
      architecture: '',
      description: 'test',
      isSoftware: true,
      features: [],
      limits: {},
    }),
    loadModel: unused,
    tokenize: async ({ text }: { text: string }) => text.split(' ').map((_, id) => token(id)),
    describeTokens: async ({ ids }: { ids: readonly number[] }) => ids.map(token),
    run,
    atlas: async () => ({ nLayers: 4, nHeads: 8, extent: 1, values: new Float32Array(32), maxAbsDelta: null }),
    head: async () => ({ nPos: 1, values: new Float32Array(1) }),
    inspect: unused,
    compare: async () => [],
    outputs: async ({ position }: { position: number }) => ({ position, a: [], b: [] }),
    values: unused,
  };
  return { handlers, ran, aborted };
}

/** Joins a session to that worker over a message channel, as in the page. */
function openSitting(link = '', delayMs = 5) {
  const worker = plainWorker(delayMs);
  const { port1, port2 } = new MessageChannel();
  const inner: {
    postMessage: (m: FromWorker, t: Transferable[]) => void;
    onmessage: ((e: MessageEvent<ToWorker>) => void) | null;
  } = {
    postMessage: (message, transfer) => port2.postMessage(message, transfer),
    onmessage: null,
  };
  const model = {
    reference: DEFAULT_EXPERIMENT.model,
    config: CONFIG,
    parameters: 1,
    dtype: 'f32',
    downloadBytes: 1,
    gpuBytes: 1,
    hash: 'f'.repeat(64),
    bosToken: null,
    prependsBos: false,
  };
  const inspection = { hook: 'blocks.1.attn.hook_pattern', worst: [] };
  const handlers = { ...worker.handlers, loadModel: async () => model, inspect: async () => inspection };
  // The small worker answers with what the session reads; the rest of each answer is not looked at here.
  serve(inner, handlers as unknown as Handlers);
  port2.onmessage = (event) => inner.onmessage?.(event);
  const channel: Parameters<typeof connect>[0] = {
    postMessage: (message) => port1.postMessage(message),
    onmessage: null,
  };
  const { client }: { client: Client } = connect(channel);
  port1.onmessage = (event) => channel.onmessage?.(event);
  const session = createSession({ client, link });
  return { session, ...worker, close: () => port1.close() };
}

test('a sitting starts with the default experiment, run and shown', async () => {
  const { session, ran, close } = openSitting();
  await session.start();
  const { run, shown, stale, gate, model } = session.store.getState();
  expect([run.status, stale, gate.status, model.status]).toEqual(['done', false, 'open', 'ready']);
  expect(shown?.result.tokenIds).toHaveLength(13);
  expect(ran).toHaveLength(1);
  close();
});

test('what was shown stays, marked stale, until the newer run has it', async () => {
  const { session, close } = openSitting();
  await session.start();
  session.setPrompt('one two three');
  expect(session.store.getState()).toMatchObject({ stale: true, shown: { result: { runId: 1 } } });
  await session.settled();
  expect(session.store.getState()).toMatchObject({
    stale: false,
    shown: { result: { runId: 2, tokenIds: [0, 1, 2] } },
  });
  close();
});

test('two runs never race: the latest wanted one wins', async () => {
  const { session, ran, close } = openSitting('', 40);
  await session.start();
  session.setMode('fused');
  await new Promise((resolve) => setTimeout(resolve, 10));
  session.setMode('split');
  await session.settled();
  expect(ran.map(({ mode }) => mode)).toEqual(['compare', 'split']);
  expect(session.store.getState().shown?.experiment.mode).toBe('split');
  close();
});

test('a link restores the experiment, and the same result is reproduced bit for bit', async () => {
  const first = openSitting('#b.order=reversed&layer=2&head=3');
  await first.session.start();
  const link = await first.session.link();
  const second = openSitting(link ?? '');
  await second.session.start();
  const { experiment, reproduction } = second.session.store.getState();
  expect(experiment).toMatchObject({ b: { order: 'reversed' }, view: { layer: 2, head: 3 } });
  expect(reproduction).toEqual({ verdict: 'bit-for-bit' });
  first.close();
  second.close();
});

test('a layer that the model does not have is brought in range, and said', async () => {
  const { session, close } = openSitting('#layer=9&head=3');
  await session.start();
  expect(session.store.getState().experiment.view.layer).toBe(3);
  expect(session.store.getState().linkProblem).toContain('layer 9');
  close();
});

test('A and B are exchanged only where both run', async () => {
  const { session, close } = openSitting();
  await session.start();
  session.swapSpecs();
  await session.settled();
  expect(session.store.getState().experiment.a.qkv).toBe('split');
  session.setMode('fused');
  session.swapSpecs();
  expect(session.store.getState().experiment.a.qkv).toBe('fused');
  session.dispose();
  close();
});
