// Runs a sweep: the clean prompt once, what its operation reads once, then each layer's edits as batches that begin behind what they
// touch (model/recordSweep.ts) and end in the logits of one position. Cells fill in layer by layer, the last layer, the cheapest, first.
import { metricOf, whyNotMetric } from '../../analysis/metric.ts';
import { countedSince } from '../../gpu/counters.ts';
import type { GpuTensor } from '../../gpu/gpuTensor.ts';
import { Plan } from '../../gpu/plan.ts';
import { readTensors } from '../../gpu/readback.ts';
import { whyNotApplicable } from '../../hooks/applicable.ts';
import type { HookName } from '../../hooks/hookName.ts';
import { type Intervention, sourceOf } from '../../hooks/intervention.ts';
import { finalLogits } from '../../model/finalLogits.ts';
import type { Model } from '../../model/model.ts';
import { type PreparedRun, prepareRun } from '../../model/prepareRun.ts';
import { recordSweep } from '../../model/recordSweep.ts';
import type { ForwardSpec } from '../../model/runContext.ts';
import { asIntervention, keptHooks, type SweepElement } from '../../model/sweepSite.ts';
import { elementsOfLayer, type Sweep, type SweepCell } from './sweep.ts';

export type SweepRequest = {
  readonly model: Model;
  readonly spec: ForwardSpec;
  readonly tokenIds: readonly number[];
  readonly corruptedTokenIds: readonly number[] | null;
  readonly sweep: Sweep;
  readonly signal?: AbortSignal;
  readonly onClean?: (clean: number, corrupted: number | null) => void; // the metric of the runs that nothing edits, once known
  readonly onCells?: (cells: readonly SweepCell[], done: number, total: number) => void;
};

export type SweepResult = {
  readonly clean: number; // the metric of the run that nothing edits
  readonly corrupted: number | null; // of the corrupted prompt's own run
  readonly cells: readonly SweepCell[]; // layer by layer, in the order of the sweep's sites
  readonly dispatches: number; // all, the clean and the corrupted run among them
  readonly multiplyAdds: number;
};

/** Activations of one batch may take this much; a larger batch goes in parts. */
const BATCH_BYTES = 256 << 20;

/** Says why a sweep cannot run on this model, naming what is wrong; null where it can. */
export function whyNotSweep({ model, spec, tokenIds, corruptedTokenIds, sweep }: SweepRequest): string | null {
  if (model.stream)
    return 'A sweep enters every layer many times: it needs all weights on the GPU, and these are streamed';
  if (sweep.sites.length === 0) return 'A sweep needs a place to edit: q, k or v input, z, pattern, stream or MLP';
  if (sweep.position < 0 || sweep.position >= tokenIds.length) {
    return `The metric looks at position ${sweep.position}, and the prompt has ${tokenIds.length} tokens`;
  }
  const metric = whyNotMetric(sweep.metric, model.config.dVocab);
  if (metric !== null) return metric;
  const hasCorrupted = corruptedTokenIds?.length === tokenIds.length;
  if (corruptedTokenIds && !hasCorrupted && reads(sweep, 'corrupted')) {
    return `The corrupted prompt has ${corruptedTokenIds.length} tokens and the clean one ${tokenIds.length}: make them equally long`;
  }
  if (reads(sweep, 'same'))
    return 'A sweep reads the clean or the corrupted run: an operation that reads its own run cannot be swept';
  const to = { model: model.config, mode: { ...spec, qkv: 'split' as const }, nPos: tokenIds.length, hasCorrupted };
  for (const { intervention } of edits(sweep, model, spec, tokenIds.length)) {
    const why = whyNotApplicable(intervention, to);
    if (why !== null) return why;
  }
  return null;
}

/** Runs a sweep. Throws with the reason where it cannot run, and what `prepareRun` throws. */
export async function runSweep(request: SweepRequest): Promise<SweepResult> {
  const why = whyNotSweep(request);
  if (why !== null) throw new Error(why);
  const before = { ...request.model.gpu.counters };
  const runs = await OwnRuns.make(request);
  try {
    request.onClean?.(runs.clean.value, runs.corrupted?.value ?? null);
    const { cells, multiplyAdds } = await allLayers(request, runs);
    return {
      clean: runs.clean.value,
      corrupted: runs.corrupted?.value ?? null,
      cells,
      dispatches: countedSince(before, request.model.gpu.counters).dispatches,
      multiplyAdds: multiplyAdds + runs.multiplyAdds,
    };
  } finally {
    runs.destroy();
  }
}

async function allLayers(
  request: SweepRequest,
  runs: OwnRuns,
): Promise<{ readonly cells: SweepCell[]; readonly multiplyAdds: number }> {
  const { model, spec, tokenIds, sweep, signal, onCells = () => {} } = request;
  const batches = elementsOfLayer(sweep, model.config, spec.kv, tokenIds.length);
  const total = model.config.nLayers * batches.reduce((sum, elements) => sum + elements.length, 0);
  const byLayer: SweepCell[][] = [];
  let [done, multiplyAdds] = [0, 0];
  for (let layer = model.config.nLayers - 1; layer >= 0; layer--) {
    const cells: SweepCell[] = [];
    for (const elements of batches) {
      signal?.throwIfAborted();
      const batch = await runBatch(request, runs, layer, elements);
      multiplyAdds += batch.multiplyAdds;
      done += elements.length;
      cells.push(...batch.cells);
      onCells(batch.cells, done, total);
    }
    byLayer.unshift(cells);
  }
  return { cells: byLayer.flat(), multiplyAdds };
}

type BatchResult = { readonly cells: readonly SweepCell[]; readonly multiplyAdds: number };

/** Runs one batch, or, where its activations would take too much, its halves. */
async function runBatch(
  request: SweepRequest,
  runs: OwnRuns,
  layer: number,
  elements: readonly SweepElement[],
): Promise<BatchResult> {
  const { model, spec, tokenIds, sweep } = request;
  const { gpu, config } = model;
  const recorded = recordSweep({
    model,
    spec,
    nPos: tokenIds.length,
    layer,
    elements,
    operation: sweep.operation,
    clean: runs.clean.tensors,
    sources: { clean: runs.clean.tensors, ...(runs.corrupted && { corrupted: runs.corrupted.tensors }) },
    logitPosition: sweep.position,
  });
  const bytes = recorded.slots.reduce((sum, slot) => sum + slot.byteLength, 0);
  if (bytes > BATCH_BYTES && elements.length > 1) {
    const middle = Math.ceil(elements.length / 2);
    const first = await runBatch(request, runs, layer, elements.slice(0, middle));
    const second = await runBatch(request, runs, layer, elements.slice(middle));
    return { cells: [...first.cells, ...second.cells], multiplyAdds: first.multiplyAdds + second.multiplyAdds };
  }
  const plan = await Plan.make(gpu, recorded.dispatches, recorded.slots);
  try {
    recorded.fill();
    const encoder = gpu.device.createCommandEncoder({ label: `sweep of layer ${layer}` });
    plan.encode(encoder);
    gpu.device.queue.submit([encoder.finish()]);
    gpu.counters.submits += 1;
    const [logits = new Float32Array()] = await readTensors(gpu, [recorded.logits]);
    const cells = elements.map((element, at) => {
      const row = finalLogits(config, logits.slice(at * config.dVocab, (at + 1) * config.dVocab));
      return { ...placeOfCell(element), layer, value: metricOf(sweep.metric, row, runs.clean.logits) };
    });
    return { cells, multiplyAdds: plan.multiplyAdds };
  } finally {
    plan.destroy();
  }
}

function placeOfCell(element: SweepElement): Pick<SweepCell, 'site' | 'head' | 'position'> {
  return 'head' in element ? { ...element, position: null } : { ...element, head: null };
}

type OwnRun = {
  readonly run: PreparedRun;
  readonly tensors: ReadonlyMap<HookName, GpuTensor>;
  readonly logits: Float32Array<ArrayBuffer>; // [d_vocab], where the metric looks
  readonly value: number;
};

/** The clean run with what the sweep resumes from, and the corrupted one where there is one. */
class OwnRuns {
  readonly clean: OwnRun;
  readonly corrupted: OwnRun | null;

  private constructor(clean: OwnRun, corrupted: OwnRun | null) {
    this.clean = clean;
    this.corrupted = corrupted;
  }

  static async make(request: SweepRequest): Promise<OwnRuns> {
    const { model, spec, tokenIds, corruptedTokenIds, sweep } = request;
    const interventions = edits(sweep, model, spec, tokenIds.length);
    const layers = Array.from({ length: model.config.nLayers }, (_, layer) => layer);
    const kept = layers.flatMap((layer) => keptHooks(model.config, layer, tokenIds.length));
    const read = (prompt: 'clean' | 'corrupted') => sourcesOf(interventions, prompt);
    const clean = await ownRun(request, tokenIds, [...new Set([...kept, ...read('clean')])], null);
    if (!corruptedTokenIds) return new OwnRuns(clean, null);
    try {
      return new OwnRuns(clean, await ownRun(request, corruptedTokenIds, read('corrupted'), clean.logits));
    } catch (error) {
      clean.run.destroy();
      throw error;
    }
  }

  get multiplyAdds(): number {
    return this.clean.run.plan.multiplyAdds + (this.corrupted?.run.plan.multiplyAdds ?? 0);
  }

  destroy(): void {
    this.clean.run.destroy();
    this.corrupted?.run.destroy();
  }
}

async function ownRun(
  { model, spec, sweep, signal }: SweepRequest,
  tokenIds: readonly number[],
  capture: readonly HookName[],
  clean: Float32Array | null,
): Promise<OwnRun> {
  // Where the operation reads a split input of another run, that run is split too; its bits are the same.
  const needsSplit = capture.some((hook) => /hook_[qkv]_input$/.test(hook));
  const ownSpec = needsSplit ? { ...spec, qkv: 'split' as const } : spec;
  const logits = [Math.min(sweep.position, tokenIds.length - 1)];
  const prepared = {
    model,
    spec: ownSpec,
    batch: 1,
    nPos: tokenIds.length,
    capture,
    headInputs: 'shared',
    logits,
  } as const;
  const run = await prepareRun(prepared);
  try {
    await run.execute(tokenIds, undefined, signal);
    const [read] = await run.capture.read(['unembed.hook_out']);
    const row = finalLogits(model.config, read?.values ?? new Float32Array());
    return {
      run,
      tensors: run.capture.tensors,
      logits: row,
      value: metricOf(sweep.metric, row, clean === null ? row : Float32Array.from(clean)),
    };
  } catch (error) {
    run.destroy();
    throw error;
  }
}

/** Every edit of a sweep as an intervention of its layer. */
function edits(
  sweep: Sweep,
  { config }: Pick<Model, 'config'>,
  { kv }: ForwardSpec,
  nPos: number,
): { readonly layer: number; readonly intervention: Intervention }[] {
  const elements = elementsOfLayer(sweep, config, kv, nPos).flat();
  return Array.from({ length: config.nLayers }, (_, layer) =>
    elements.map((element) => ({ layer, intervention: asIntervention(layer, element, sweep.operation) })),
  ).flat();
}

function sourcesOf(
  of: readonly { readonly intervention: Intervention }[],
  prompt: 'clean' | 'corrupted',
): readonly HookName[] {
  const sources = of.map(({ intervention }) => sourceOf(intervention));
  return [...new Set(sources.flatMap((source) => (source?.prompt === prompt ? [source.hook] : [])))];
}

function reads({ operation }: Sweep, prompt: 'clean' | 'corrupted' | 'same'): boolean {
  return 'prompt' in operation && operation.prompt === prompt;
}
