// Interventions of one run, made ready: at each hook that they target, the dispatches of edit.wgsl and the buffers these read.
// A batch may hold a different edit in each element; those of one operation share a dispatch.
import type { ModelConfig } from '../checkpoint/modelConfig.ts';
import type { Gpu } from '../gpu/device.ts';
import { BufferSlot, type GpuTensor } from '../gpu/gpuTensor.ts';
import type { HookName } from '../hooks/hookName.ts';
import { type Intervention, type OperationSource, sourceOf } from '../hooks/intervention.ts';
import { chosenWords, type EditShape, type EditView, edit } from '../kernels/edit.ts';
import { editedTensor, editShape, editView, ofHead } from './editViews.ts';
import type { GpuWeights } from './gpuWeights.ts';
import type { KvCache } from './kvCache.ts';
import { type OperationPlace, operationKernel } from './operationKernel.ts';
import type { HookEdits, Recorder } from './recorder.ts';

/** An intervention on some elements of a batch; left out: on all. */
export type BatchIntervention = Intervention & { readonly elements?: readonly number[] };

/** Activations of other runs, by name: of one prompt each, which every element of a batch reads. */
export type RunSources = {
  readonly clean?: ReadonlyMap<HookName, GpuTensor>;
  readonly corrupted?: ReadonlyMap<HookName, GpuTensor>;
};

export type EditRequest = {
  readonly model: { readonly config: ModelConfig; readonly weights: GpuWeights };
  readonly batch: number;
  readonly nPos: number;
  readonly interventions?: readonly BatchIntervention[];
  readonly sources?: RunSources;
  readonly cache?: KvCache | undefined; // then positions are counted from the first that it holds
};

/** Interventions of one operation, at most one an element. */
type Step = { readonly operation: Intervention['operation']; readonly of: Map<number, BatchIntervention> };

/** Which rows and heads a step touches, as a kernel reads it, and how to say it for rows from another position on. */
type Chosen = { readonly slot: BufferSlot; readonly at: (position: number) => Uint32Array<ArrayBuffer> };

type Upload = { readonly slot: BufferSlot; readonly values: Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer> };

export class RunEdits implements HookEdits {
  readonly #request: EditRequest;
  readonly #steps: ReadonlyMap<HookName, readonly Step[]>;
  readonly #read: ReadonlySet<HookName>;
  readonly #uploads: Upload[] = [];
  readonly #chosen: Chosen[] = [];

  constructor(request: EditRequest) {
    const enabled = (request.interventions ?? []).filter((intervention) => intervention.enabled);
    this.#request = request;
    this.#steps = stepsByHook(enabled, request.batch);
    const sources = enabled.map(sourceOf).filter((source) => source?.prompt === 'same');
    this.#read = new Set(sources.flatMap((source) => (source ? [source.hook] : [])));
  }

  get slots(): readonly BufferSlot[] {
    return this.#uploads.map(({ slot }) => slot);
  }

  /** Uploads masks, vectors and noise; once allocated. */
  fill(gpu: Gpu): void {
    for (const { slot, values } of this.#uploads) gpu.write(slot, values);
  }

  /** Says where the first row stands, beside a cache: positions listed are those of the whole text. */
  moveTo(gpu: Gpu, position: number): void {
    for (const { slot, at } of this.#chosen) gpu.device.queue.writeBuffer(slot.buffer, 0, at(position));
  }

  concerns(hook: HookName): boolean {
    return this.#steps.has(hook) || this.#read.has(hook);
  }

  apply(hook: HookName, tensor: GpuTensor, recorder: Recorder): GpuTensor {
    const steps = this.#steps.get(hook) ?? [];
    return steps.reduce((x, step, at) => {
      const isLast = at === steps.length - 1;
      return this.#apply(step, { hook, x, label: `${hook}.edited${isLast ? '' : at}`, isLast }, recorder);
    }, tensor);
  }

  #apply(
    step: Step,
    { hook, x, label, isLast }: { hook: HookName; x: GpuTensor; label: string; isLast: boolean },
    recorder: Recorder,
  ): GpuTensor {
    const { batch, nPos } = this.#request;
    const shape = editShape(hook, x, batch);
    if (shape.nPos !== nPos) throw new Error(`${hook} is edited, so its run must ask for the logits of all positions.`);
    const y = editedTensor(recorder, hook, x, { label, batch, heldBy: isLast ? [hook] : [] });
    const kernel = operationKernel(step.operation, this.#place({ hook, x, shape, label, recorder, step }));
    const at = (position: number) => chosenRows(step, shape, position);
    const chosen = this.#upload(`${label}.chosen`, at(0));
    this.#chosen.push({ slot: chosen, at });
    recorder.emit(
      edit({ ...shape, ...kernel, x: editView(hook, x, batch > 1), chosen, y: editView(hook, y, batch > 1) }),
    );
    return { ...y, label: isLast ? hook : label };
  }

  #place(at: {
    readonly hook: HookName;
    readonly x: GpuTensor;
    readonly shape: EditShape;
    readonly label: string;
    readonly recorder: Recorder;
    readonly step: Step;
  }): OperationPlace {
    const { model, batch, nPos, cache } = this.#request;
    const [first] = at.step.of.values();
    return {
      hook: at.hook,
      x: at.x,
      shape: at.shape,
      label: at.label,
      recorder: at.recorder,
      nPositions: cache?.capacity ?? nPos,
      W_E: model.weights.W_E,
      embedScale: model.config.embedScale,
      upload: (name, values) => this.#upload(name, values),
      source: () => {
        const source = first && sourceOf(first);
        if (!source) throw new Error(`internal: an edit of ${at.hook} reads a source and names none`);
        return this.#source(source, at.hook, at.recorder, batch);
      },
    };
  }

  #source(source: OperationSource, reader: HookName, recorder: Recorder, batch: number): EditView {
    const { sources = {} } = this.#request;
    const tensor = source.prompt === 'same' ? recorder.passed(source.hook) : sources[source.prompt]?.get(source.hook);
    if (!tensor) {
      throw new Error(
        `internal: ${reader} is to read ${source.hook} of the ${source.prompt} run, which has not kept it`,
      );
    }
    return ofHead(editView(source.hook, tensor, batch > 1 && source.prompt === 'same'), source.head);
  }

  #upload(label: string, values: Upload['values']): BufferSlot {
    const slot = new BufferSlot(label, values.byteLength);
    this.#uploads.push({ slot, values });
    return slot;
  }
}

/** Interventions by hook, in order; each joins the first step of its operation that is after all others of its elements. */
function stepsByHook(interventions: readonly BatchIntervention[], batch: number): Map<HookName, Step[]> {
  const byHook = new Map<HookName, Step[]>();
  for (const intervention of interventions) {
    const steps = byHook.get(intervention.hook) ?? [];
    const elements = intervention.elements ?? Array.from({ length: batch }, (_, element) => element);
    const from = steps.findLastIndex((step) => elements.some((element) => step.of.has(element))) + 1;
    const same = (step: Step) => JSON.stringify(step.operation) === JSON.stringify(intervention.operation);
    const joined = steps.slice(from).find(same) ?? { operation: intervention.operation, of: new Map() };
    if (!steps.includes(joined)) steps.push(joined);
    for (const element of elements) joined.of.set(element, intervention);
    byHook.set(intervention.hook, steps);
  }
  return byHook;
}

/** Chosen rows of a run whose first row stands at position `first`. Sources have a row for each of the run's own; noise for every position. */
function chosenRows(step: Step, shape: EditShape, first: number): Uint32Array<ArrayBuffer> {
  const sourcePos = (element: number, row: number): number | null => {
    const pos = first + row;
    const positions = step.of.get(element)?.positions;
    if (positions === undefined || (positions !== 'all' && !positions.includes(pos))) return null;
    if (step.operation.kind === 'noise') return pos;
    if (step.operation.kind !== 'swap' || positions === 'all') return row;
    return positions.find((other) => other !== pos) ?? row;
  };
  const hasHead = (element: number, head: number): boolean => {
    const heads = step.of.get(element)?.heads ?? [];
    return heads === 'all' || heads.includes(head);
  };
  return chosenWords(shape, sourcePos, hasHead);
}
