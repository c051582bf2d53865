// A sweep in parts: the edits of a layer, those that one batch may hold together, each recorded when its turn comes and submitted once.
import { metricOf } from '../../analysis/metric.ts';
import { PreparedPaper } from '../../gpu/paper.ts';
import { finalLogits } from '../../model/finalLogits.ts';
import { type RecordedSweep, recordSweep } from '../../model/recordSweep.ts';
import type { SweepElement } from '../../model/sweepSite.ts';
import { elementsOfLayer, type SweepCell } from './sweep.ts';
import type { SweepRequest } from './sweepRequest.ts';
import type { OwnRuns, OwnTensors } from './sweepRuns.ts';

/** Activations of one batch may take this much; a larger one goes in parts. Two are there at a time. */
const BATCH_BYTES = 128 << 20;

type Part = { readonly layer: number; readonly elements: readonly SweepElement[]; readonly recorded: RecordedSweep };

/** All parts, the last layer's first: what is submitted at once. */
export function* parts(request: SweepRequest, runs: OwnTensors): Generator<Part> {
  for (let layer = request.model.config.nLayers - 1; layer >= 0; layer--) yield* partsOfLayer(request, runs, layer);
}

/** The parts of one layer. */
export function* partsOfLayer(request: SweepRequest, runs: OwnTensors, layer: number): Generator<Part> {
  const { model, spec, tokenIds, sweep } = request;
  const batches = elementsOfLayer(sweep, model.config, spec.kv, tokenIds.length);
  for (const elements of batches) yield* partsOf(request, runs, layer, elements);
}

/** A batch, or, where its activations would take too much, its halves. */
function* partsOf(
  request: SweepRequest,
  runs: OwnTensors,
  layer: number,
  elements: readonly SweepElement[],
): Generator<Part> {
  const { model, spec, tokenIds, sweep } = request;
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
  if (bytes <= BATCH_BYTES || elements.length === 1) yield { layer, elements, recorded };
  else {
    const middle = Math.ceil(elements.length / 2);
    yield* partsOf(request, runs, layer, elements.slice(0, middle));
    yield* partsOf(request, runs, layer, elements.slice(middle));
  }
}

/** One part at work on the GPU. */
export class Batch {
  readonly #request: SweepRequest;
  readonly #clean: Float32Array;
  readonly #part: Part;
  readonly #prepared: PreparedPaper;

  private constructor(request: SweepRequest, clean: Float32Array, part: Part, prepared: PreparedPaper) {
    this.#request = request;
    this.#clean = clean;
    this.#part = part;
    this.#prepared = prepared;
  }

  static async submit(request: SweepRequest, runs: OwnRuns, part: Part): Promise<Batch> {
    const { dispatches, slots, logits, fill } = part.recorded;
    const paper = { dispatches, owned: slots, uploads: [], read: [logits] };
    const prepared = await PreparedPaper.make(request.model.gpu, paper);
    try {
      fill();
      prepared.submit(`sweep of layer ${part.layer}`);
      return new Batch(request, runs.clean.logits, part, prepared);
    } catch (error) {
      prepared.destroy();
      throw error;
    }
  }

  get layer(): number {
    return this.#part.layer;
  }

  get multiplyAdds(): number {
    return this.#prepared.multiplyAdds;
  }

  /** Waits for the metric under each edit, and frees what the part took. */
  async cells(): Promise<SweepCell[]> {
    const { model, sweep } = this.#request;
    const { dVocab } = model.config;
    try {
      const [logits = new Float32Array()] = await this.#prepared.read();
      return this.#part.elements.map((element, at) => {
        const row = finalLogits(model.config, logits.slice(at * dVocab, (at + 1) * dVocab));
        return { ...placeOfCell(element), layer: this.layer, value: metricOf(sweep.metric, row, this.#clean) };
      });
    } finally {
      this.destroy();
    }
  }

  destroy(): void {
    this.#prepared.destroy();
  }
}

function placeOfCell(element: SweepElement): Pick<SweepCell, 'site' | 'head' | 'position'> {
  return 'head' in element ? { ...element, position: null } : { ...element, head: null };
}
