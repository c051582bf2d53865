// A sitting over a small real worker in this process, for tests of the session: it answers plainly and at once.
import {
  type CanaryReport,
  DEFAULT_EXPERIMENT,
  type Experiment,
  type RunReport,
  type Sweep,
  type Verified,
} from '../../src/engine/index.ts';
import { createSession } from '../../src/session/createSession.ts';
import type { Memory } from '../../src/session/memory.ts';
import { type Client, connect } from '../../src/worker/client.ts';
import { type Handlers, serve } from '../../src/worker/host.ts';
import type { FromWorker, RequestOf, ToWorker } from '../../src/worker/protocol.ts';

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

const ADAPTER = {
  vendor: '',
  architecture: '',
  description: 'test',
  isSoftware: true,
  features: [],
  limits: {},
  canary: null,
};

const NO_MEMORY = {
  weights: 1,
  activations: 1,
  captures: 1,
  staging: 0,
  others: 0,
  total: 3,
  budget: null,
  streamed: false,
};

const CANARY: CanaryReport = {
  contracts: false,
  fusesFma: true,
  reassociates: false,
  roundsToEven: true,
  flushesResults: true,
  flushesOperands: true,
  expMaxUlp: 63,
  tanhNanFrom: 88.8,
  subgroupSize: 4,
  f16: null,
  elapsedMs: 1,
};
const NO_PLAN = { weights: 1, a: null, b: null, staging: 0, total: 1, budget: null, streamed: false };

const verified = (mode: string, passes: boolean): Verified => ({
  ...{ model: 'demo-gqa', mode, check: 'bits', hooks: 85, elements: 1, worst: null, passes, elapsedMs: 1 },
  departure: passes ? null : { hook: 'blocks.0.attn.hook_k', why: 'has other bits than those recorded' },
});

/** Two modes, the second of which fails. */
const verifyWith =
  (delayMs: number): Handlers['verify'] =>
  async (_, { signal, onProgress }) => {
    const [first, second] = [verified('fused', true), verified('split', false)];
    onProgress({ kind: 'verify', rows: [first], total: 2 });
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    signal.throwIfAborted();
    onProgress({ kind: 'verify', rows: [second], total: 2 });
    return [first, second];
  };

const token = (id: number) => ({ id, text: `t${id}`, bytes: null, special: false });

async function unused(): Promise<never> {
  throw new Error('internal: not asked for in these tests');
}

/** A sweep of two cells: one at once, the other a moment later, unless it is ended before. */
function plainSweep(delayMs: number) {
  const swept: Sweep[] = [];
  const handler: Handlers['sweep'] = async (request, { signal, onProgress }) => {
    swept.push(request.sweep);
    const cells = [0, 1].map((head) => ({ site: 'attn.hook_z', layer: 0, head, position: null, value: head }) as const);
    const own = { clean: 1, corrupted: null };
    onProgress({ kind: 'sweep', ...own, cells: cells.slice(0, 1), done: 1, total: 2 });
    await new Promise((resolve) => setTimeout(resolve, 2 * delayMs));
    signal.throwIfAborted();
    return { ...own, cells, dispatches: 2, multiplyAdds: 2 };
  };
  return { handler, swept };
}

/** Two tokens under A, one under B. */
const generate: Handlers['generate'] = async ({ tokenIds }, { onProgress }) => {
  for (const [at, side] of (['a', 'b', 'a'] as const).entries()) {
    const position = tokenIds.length + Math.floor(at / 2);
    const rest = { position, probability: 0.5, elapsedMs: 1, pattern: null };
    onProgress({ kind: 'generate', side, token: { token: token(position), ...rest } });
  }
  return { a: { stopped: 'length', notApplied: [] }, b: { stopped: 'end-token', notApplied: [] } };
};

/** A hook is judged a moment later, and its cause found after one trial. */
function plainLaboratory(delayMs: number): Pick<Handlers, 'judge' | 'cause' | 'kernels'> {
  const moment = () => new Promise((resolve) => setTimeout(resolve, 2 * delayMs));
  return {
    judge: async ({ hook }) => {
      await moment();
      return { kind: 'refused', why: `${hook} has no bound` };
    },
    cause: async ({ hook }, { signal, onProgress }) => {
      onProgress({ kind: 'cause', done: 0, total: 1 });
      await moment();
      signal.throwIfAborted();
      return { hook, trials: [], causes: [['order']], words: `At ${hook}, order.` };
    },
    kernels: async () => [],
  };
}

/** A worker in this process that answers plainly: a token a word, a run a moment long, every digest by the prompt. */
export function plainWorker(delayMs = 5) {
  const ran: Experiment[] = [];
  const runs: RequestOf<'run'>[] = [];
  const aborted: Experiment[] = [];
  const sweep = plainSweep(delayMs);
  let runId = 0;
  const report = (spec: Experiment['a']): RunReport => ({
    spec,
    elapsedMs: 1,
    hooks: [{ hook: 'blocks.1.attn.hook_pattern', shape: [8, 2, 2], storedBytes: 128 }],
    counters: COUNTERS,
    kernels: [],
    notApplied: [],
    notes: [],
    gpuBytes: NO_MEMORY,
  });
  const run: Handlers['run'] = async (request, { signal }) => {
    const { experiment, tokenIds } = request;
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (signal.aborted) aborted.push(experiment);
    signal.throwIfAborted();
    ran.push(experiment);
    runs.push(request);
    runId += 1;
    const top = [{ id: 5, probability: 0.9 }];
    const digest = String(tokenIds.length).padStart(16, '0');
    return {
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
  };
  const handlers = {
    openDevice: async () => ADAPTER,
    measureAdapter: async () => CANARY,
    verify: verifyWith(delayMs),
    loadModel: unused,
    tokenize: async ({ text }: { text: string }) => text.split(' ').map((_, id) => token(id)),
    describeTokens: async ({ ids }: { ids: readonly number[] }) => ids.map(token),
    run,
    atlas: async () => ({ nLayers: 4, nHeads: 8, extent: 1, values: new Float32Array(32), maxAbsDelta: null }),
    head: async () => ({ nPos: 1, values: new Float32Array(1) }),
    inspect: unused,
    compare: async () => [],
    outputs: async ({ position }: { position: number }) => ({ position, rows: [] }),
    predictions: unused,
    table: unused,
    paths: unused,
    ...plainLaboratory(delayMs),
    generate,
    sweep: sweep.handler,
    values: unused,
  };
  return { handlers, ran, runs, aborted, swept: sweep.swept };
}

/** Joins a session to that worker over a message channel, as in the page. */
export function openSitting(link = '', delayMs = 5, memory?: Memory, isReload = false) {
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
    origin: { notice: null },
  };
  const inspection = { hook: 'blocks.1.attn.hook_pattern', worst: [] };
  const listCached = async () => ({ models: [], room: null });
  const setBudget = async ({ budgetBytes }: { budgetBytes: number | null }) => ({
    budgetBytes,
    loadAgain: budgetBytes === 7,
  });
  const handlers = {
    ...worker.handlers,
    listCached,
    setBudget,
    heldModel: async () => model,
    planMemory: async () => NO_PLAN,
    compileSweep: async () => null,
    loadModel: async () => model,
    inspect: async () => inspection,
  };
  // The small worker answers with what the session reads; the rest of each answer is not looked at here.
  serve(inner, handlers as unknown as Handlers);
  port2.onmessage = (event) => inner.onmessage?.(event);
  const channel: Parameters<typeof connect>[0] = {
    postMessage: (message) => {
      if ('request' in message) asked.push(message.request.kind);
      port1.postMessage(message);
    },
    onmessage: null,
  };
  const asked: string[] = [];
  const { client }: { client: Client } = connect(channel);
  port1.onmessage = (event) => channel.onmessage?.(event);
  const session = createSession({ client, link, isReload, ...(memory ? { memory } : {}) });
  return { session, asked, ...worker, close: () => port1.close() };
}
