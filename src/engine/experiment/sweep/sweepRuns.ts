// The runs of a sweep that nothing edits: the clean prompt's, with what the sweep resumes from, and the corrupted prompt's.
import { metricOf } from '../../analysis/metric.ts';
import type { GpuTensor } from '../../gpu/gpuTensor.ts';
import type { HookName } from '../../hooks/hookName.ts';
import { type Intervention, sourceOf } from '../../hooks/intervention.ts';
import { finalLogits } from '../../model/finalLogits.ts';
import { type PreparedRun, prepareRun, type RunRequest } from '../../model/prepareRun.ts';
import { keptHooks } from '../../model/sweepSite.ts';
import { editsOf, type SweepRequest } from './sweepRequest.ts';

type Tensors = { readonly tensors: ReadonlyMap<HookName, GpuTensor> };

/** What a sweep reads of its own runs. */
export type OwnTensors = { readonly clean: Tensors; readonly corrupted: Tensors | null };

type OwnRun = Tensors & {
  readonly run: PreparedRun;
  readonly logits: Float32Array<ArrayBuffer>; // [d_vocab], where the metric looks
  readonly value: number;
};

/** The clean run with what the sweep resumes from, and the corrupted one where there is one. */
export class OwnRuns {
  readonly clean: OwnRun;
  readonly corrupted: OwnRun | null;

  private constructor(clean: OwnRun, corrupted: OwnRun | null) {
    this.clean = clean;
    this.corrupted = corrupted;
  }

  static async make(request: SweepRequest): Promise<OwnRuns> {
    const own = ownRequests(request);
    const clean = await ownRun(request, own.clean, request.tokenIds, null);
    if (!own.corrupted) return new OwnRuns(clean, null);
    try {
      const tokenIds = request.corruptedTokenIds ?? [];
      return new OwnRuns(clean, await ownRun(request, own.corrupted, tokenIds, clean.logits));
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

/** The runs of a sweep that nothing edits, as `prepareRun` takes them. */
export function ownRequests(request: SweepRequest): {
  readonly clean: RunRequest;
  readonly corrupted: RunRequest | null; // null where there is no corrupted prompt
} {
  const { model, spec, tokenIds, corruptedTokenIds, sweep } = request;
  const interventions = editsOf(sweep, model, spec, tokenIds.length);
  const layers = Array.from({ length: model.config.nLayers }, (_, layer) => layer);
  const kept = layers.flatMap((layer) => keptHooks(model.config, layer, tokenIds.length));
  const read = (prompt: 'clean' | 'corrupted') => sourcesOf(interventions, prompt);
  return {
    clean: ownRequest(request, tokenIds.length, [...new Set([...kept, ...read('clean')])]),
    corrupted: corruptedTokenIds && ownRequest(request, corruptedTokenIds.length, read('corrupted')),
  };
}

function ownRequest({ model, spec, sweep }: SweepRequest, nPos: number, capture: readonly HookName[]): RunRequest {
  // Where the operation reads a split input of another run, that run is split too; its bits are the same.
  const needsSplit = capture.some((hook) => /hook_[qkv]_input$/.test(hook));
  const ownSpec = needsSplit ? { ...spec, qkv: 'split' as const } : spec;
  const logits = [Math.min(sweep.position, nPos - 1)];
  return { model, spec: ownSpec, batch: 1, nPos, capture, headInputs: 'shared', logits };
}

async function ownRun(
  { model, sweep, signal }: SweepRequest,
  own: RunRequest,
  tokenIds: readonly number[],
  clean: Float32Array | null,
): Promise<OwnRun> {
  const run = await prepareRun(own);
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

function sourcesOf(
  of: readonly { readonly intervention: Intervention }[],
  prompt: 'clean' | 'corrupted',
): readonly HookName[] {
  const sources = of.map(({ intervention }) => sourceOf(intervention));
  return [...new Set(sources.flatMap((source) => (source?.prompt === prompt ? [source.hook] : [])))];
}
