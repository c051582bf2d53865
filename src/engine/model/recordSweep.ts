// Records one batch of a sweep: runs of one prompt that each edit one thing of one block, entered behind what their edits touch.
// What comes before is taken from the clean run. Edits of heads are made for all heads of a site at once, in a pass of one
// prompt up to z; each element of the batch then takes the z of the head that it edits and the clean z of all others. Every element
// gets the bits of a run of its own, since the order of each sum is the same. Where the metric looks at the last position, the last
// block is recorded for that alone (lastPosition.ts); blocks behind the edited one are fused, whatever the run is: the same bits.
import type { GpuTensor } from '../gpu/gpuTensor.ts';
import { BufferSlot } from '../gpu/gpuTensor.ts';
import type { Dispatch } from '../gpu/plan.ts';
import { type BlockHook, blockHook, type HookName } from '../hooks/hookName.ts';
import type { Operation } from '../hooks/intervention.ts';
import { chosenWords, type EditView, edit } from '../kernels/edit.ts';
import { attentionOut } from './attention.ts';
import { block, isSerial, withAttention, withMlp, writtenByAttention, writtenByMlp } from './block.ts';
import { type BlockPlace, placeOf } from './blockPlace.ts';
import { editView } from './editViews.ts';
import { unembedded } from './forward.ts';
import { RunEdits, type RunSources } from './hookEdits.ts';
import { type InputSlots, inputSlots } from './inputSlots.ts';
import { atLastPosition, lastBlock, lastRow } from './lastPosition.ts';
import { Recorder } from './recorder.ts';
import { type RecordRequest, runContext } from './recordRun.ts';
import { type RunContext, rowTensor } from './runContext.ts';
import { asIntervention, type HeadSite, isHeadSite, queryHeadsOf, type SweepElement } from './sweepSite.ts';
import { sweptZ } from './sweptZ.ts';

export type SweepBatch = {
  readonly model: RecordRequest['model'];
  readonly spec: RecordRequest['spec'];
  readonly nPos: number;
  readonly layer: number;
  readonly elements: readonly SweepElement[]; // all of heads, or all of one site of the stream
  readonly operation: Operation;
  readonly clean: ReadonlyMap<HookName, GpuTensor>; // what `keptHooks` lists, of the prompt's own run
  readonly sources: RunSources;
  readonly logitPosition: number;
};

export type RecordedSweep = {
  readonly dispatches: readonly Dispatch[];
  readonly slots: readonly BufferSlot[];
  readonly fill: () => void; // once allocated
  readonly logits: GpuTensor; // [elements, 1, d_vocab], or [1, d_vocab] of one element
};

/** Records the batch. Throws where the clean run has not kept what it reads. */
export function recordSweep(batch: SweepBatch): RecordedSweep {
  const recording = new SweepRecording(batch);
  return recording.finish(recording.enter());
}

/** Behind a block: [elements, pos, d_model], or the last position's rows and the context that goes on with them. */
type Stream = { readonly tensor: GpuTensor; readonly context: RunContext };

type Upload = { readonly slot: BufferSlot; readonly values: Uint32Array<ArrayBuffer> };

class SweepRecording {
  readonly #batch: SweepBatch;
  readonly #inputs: InputSlots;
  readonly #recorder: Recorder; // of the whole batch
  readonly #edits: RunEdits;
  readonly #context: RunContext;
  readonly #last: RunContext; // of the last position
  readonly #before: { readonly recorder: Recorder; readonly edits: RunEdits }[] = []; // one a site, of one prompt
  readonly #uploads: Upload[] = [];

  constructor(batch: SweepBatch) {
    this.#batch = batch;
    const { model, nPos, elements, layer, operation, sources } = batch;
    this.#inputs = inputSlots({ model, batch: 1, nPos });
    const interventions = elements
      .filter(({ site }) => !isHeadSite(site))
      .map((element, at) => ({ ...asIntervention(layer, element, operation), elements: [at] }));
    this.#edits = new RunEdits({ model, batch: elements.length, nPos, interventions, sources });
    this.#recorder = new Recorder('none', this.#edits, batch.spec.numerics);
    const context = this.#contextOf(elements.length, this.#recorder);
    this.#context = { ...context, spec: { ...batch.spec, qkv: 'fused', kv: 'broadcast' } };
    this.#last = atLastPosition(this.#context);
  }

  /** Records the edited block. */
  enter(): Stream {
    const [first] = this.#batch.elements;
    if (!first) throw new Error('internal: a sweep of no elements');
    const { layer } = this.#batch;
    if (first.site === 'hook_mlp_out') return { tensor: this.#behindMlp(), context: this.#context };
    if (first.site === 'hook_resid_pre') return this.#block(this.#shared('hook_resid_pre'), layer);
    const context = this.#isLast(layer) ? this.#last : this.#context;
    return { tensor: this.#behindHeads(this.#placeIn(context, layer)), context };
  }

  /** Records the blocks that follow, and the logits. */
  finish(entered: Stream): RecordedSweep {
    const { model, layer } = this.#batch;
    let stream = entered;
    for (let at = layer + 1; at < model.config.nLayers; at++) stream = this.#block(stream.tensor, at);
    const logits = unembedded(stream.context, stream.tensor);
    const recorders = [...this.#before.map(({ recorder }) => recorder), this.#recorder];
    const edits = [...this.#before.map((before) => before.edits), this.#edits];
    return {
      dispatches: recorders.flatMap(({ dispatches }) => dispatches),
      slots: [
        ...this.#inputs.slots,
        ...recorders.flatMap(({ slots }) => slots),
        ...edits.flatMap(({ slots }) => slots),
        ...this.#uploads.map(({ slot }) => slot),
      ],
      fill: () => {
        this.#inputs.fill(model.gpu);
        for (const each of edits) each.fill(model.gpu);
        for (const { slot, values } of this.#uploads) model.gpu.write(slot, values);
      },
      logits,
    };
  }

  /** Records a whole block; of the last one what the metric looks at. */
  #block(stream: GpuTensor, layer: number): Stream {
    const [whole, last] = [this.#placeIn(this.#context, layer), this.#placeIn(this.#last, layer)];
    if (!this.#isLast(layer)) return { tensor: block(stream, whole), context: whole.context };
    return { tensor: lastBlock(stream, whole, last), context: last.context };
  }

  #isLast(layer: number): boolean {
    const { model, nPos, logitPosition } = this.#batch;
    return layer === model.config.nLayers - 1 && logitPosition === nPos - 1;
  }

  #behindHeads(place: BlockPlace): GpuTensor {
    const attnOut = writtenByAttention(attentionOut(this.#editedZ(place), place), place);
    const afterAttn = withAttention(this.#spread('hook_resid_pre', place), attnOut, place);
    const mlpOut = isSerial(place) ? writtenByMlp(afterAttn, place) : this.#spread('hook_mlp_out', place);
    return withMlp(afterAttn, mlpOut, place);
  }

  #behindMlp(): GpuTensor {
    const place = this.#placeIn(this.#context, this.#batch.layer);
    const afterAttn = isSerial(place)
      ? this.#spread('hook_resid_mid', place)
      : withAttention(this.#spread('hook_resid_pre', place), this.#spread('hook_attn_out', place), place);
    return withMlp(afterAttn, place.at('hook_mlp_out', this.#shared('hook_mlp_out')), place);
  }

  /** z of each element: clean, but of the heads that the element edits. */
  #editedZ({ context, name }: BlockPlace): GpuTensor {
    const { model, elements } = this.#batch;
    const { nPos } = context;
    const { nHeads, dHead } = model.config;
    const z = rowTensor(context, name('attn.hook_z'), [nHeads, dHead]);
    const clean = this.#rowsOf(context, 'attn.hook_z', this.#clean('attn.hook_z'));
    const whole = editView(this.#hook('attn.hook_z'), z, elements.length > 1);
    let first = 0;
    for (const [site, heads] of headsBySite(elements)) {
      const shape = { batch: heads.length, nPos, heads: nHeads, width: dHead };
      const readers = heads.map((head) => queryHeadsOf(model.config, this.#batch.spec.kv, site, head));
      const words = chosenWords(
        shape,
        (_, pos) => pos,
        (element, head) => readers[element]?.includes(head) ?? false,
      );
      const chosen = new BufferSlot(`${site}.chosen`, words.byteLength);
      this.#uploads.push({ slot: chosen, values: words });
      const part = { ...z, offset: z.offset + first * whole.batchStride };
      const source = this.#rowsOf(context, 'attn.hook_z', this.#zOf(site));
      const y = { ...whole, tensor: part };
      this.#recorder.emit(edit({ ...shape, operation: 'replace', factor: 0, x: clean, source, chosen, y }));
      first += heads.length;
    }
    return z;
  }

  /** z where every head of a site is edited, each for itself: [pos, n_heads, d_head]. */
  #zOf(site: HeadSite): GpuTensor {
    const { model, nPos, layer, operation, sources } = this.#batch;
    const intervention = { ...asIntervention(layer, { site, head: 0 }, operation), heads: 'all' as const };
    const edits = new RunEdits({ model, batch: 1, nPos, interventions: [intervention], sources });
    const recorder = new Recorder('none', edits, this.#batch.spec.numerics);
    this.#before.push({ recorder, edits });
    const clean = { of: (part: BlockHook) => this.#clean(part), kept: (part: BlockHook) => this.#kept(part) };
    return sweptZ(site, clean, this.#placeIn(this.#contextOf(1, recorder), layer));
  }

  /** A clean activation's rows copied to every element of the batch. */
  #spread(part: BlockHook, { context, name }: BlockPlace): GpuTensor {
    const { nPos, elements } = this.#batch;
    const tensor = this.#clean(part);
    if (elements.length === 1 && context.nPos === nPos) return tensor;
    const width = tensor.shape.at(-1) ?? 1;
    const y = rowTensor(context, name(`${part}.spread`), [width]);
    const shape = { batch: elements.length, nPos: context.nPos, heads: 1, width };
    const words = chosenWords(
      shape,
      () => null,
      () => false,
    );
    const chosen = new BufferSlot(`${part}.chosen`, words.byteLength);
    this.#uploads.push({ slot: chosen, values: words });
    const x = this.#rowsOf(context, part, tensor);
    const places = { x, source: null, chosen, y: editView(this.#hook(part), y, elements.length > 1) };
    this.#recorder.emit(edit({ ...shape, operation: 'replace', factor: 0, ...places }));
    return y;
  }

  /** An activation of one prompt as every element reads it: all its rows, or the last position's. */
  #rowsOf(context: RunContext, part: BlockHook, tensor: GpuTensor): EditView {
    const isWhole = context.nPos === this.#batch.nPos;
    return editView(this.#hook(part), isWhole ? tensor : lastRow(tensor, 0), false);
  }

  /** A clean activation as one that all elements share: a batch stride of 0. To be edited, which copies it. */
  #shared(part: BlockHook): GpuTensor {
    const tensor = this.#clean(part);
    const { length } = this.#batch.elements;
    if (length === 1) return tensor;
    return { ...tensor, shape: [length, ...tensor.shape], strides: [0, ...tensor.strides] };
  }

  #clean(part: BlockHook): GpuTensor {
    const tensor = this.#kept(part);
    if (!tensor) throw new Error(`internal: a sweep reads ${this.#hook(part)}, which the clean run has not kept`);
    return tensor;
  }

  #kept(part: BlockHook): GpuTensor | undefined {
    return this.#batch.clean.get(this.#hook(part));
  }

  #hook(part: BlockHook): HookName {
    return blockHook(this.#batch.layer, part);
  }

  #contextOf(batch: number, recorder: Recorder): RunContext {
    const { model, spec, nPos, logitPosition } = this.#batch;
    const request = { model, spec, nPos, batch, logits: [logitPosition], headInputs: 'shared' } as const;
    return runContext(request, this.#inputs, recorder);
  }

  #placeIn(context: RunContext, layer: number): BlockPlace {
    const weights = this.#batch.model.weights.blocks[layer];
    if (!weights) throw new Error(`internal: no layer ${layer} to sweep`);
    return placeOf(context, layer, weights);
  }
}

/** The heads of each site, in the order in which the elements list them: elements of a site stand together. */
function headsBySite(elements: readonly SweepElement[]): Map<HeadSite, number[]> {
  const bySite = new Map<HeadSite, number[]>();
  let last: HeadSite | null = null;
  for (const element of elements) {
    if (!('head' in element)) throw new Error('internal: a sweep of heads and of the stream at once');
    if (element.site !== last && bySite.has(element.site)) {
      throw new Error(`internal: the elements of ${element.site} do not stand together`);
    }
    last = element.site;
    bySite.set(element.site, [...(bySite.get(element.site) ?? []), element.head]);
  }
  return bySite;
}
