// The runs of a sweep that nothing edits: the clean prompt's, with what the sweep resumes from, and the corrupted prompt's.
import { metricOf } from '../../analysis/metric.ts';
import type { GpuTensor } from '../../gpu/gpuTensor.ts';
import type { HookName } from '../../hooks/hookName.ts';
import { type Intervention, sourceOf } from '../../hooks/intervention.ts';
import { finalLogits } from '../../model/finalLogits.ts';
import { type PreparedRun, prepareRun } from '../../model/prepareRun.ts';
import { keptHooks } from '../../model/sweepSite.ts';
import { editsOf, type SweepRequest } from './sweepRequest.ts';

type OwnRun = {
  readonly run: PreparedRun;
  readonly tensors: ReadonlyMap<HookName, GpuTensor>;
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
    const { model, spec, tokenIds, corruptedTokenIds, sweep } = request;
    const interventions = editsOf(sweep, model, spec, tokenIds.length);
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

function sourcesOf(
  of: readonly { readonly intervention: Intervention }[],
  prompt: 'clean' | 'corrupted',
): readonly HookName[] {
  const sources = of.map(({ intervention }) => sourceOf(intervention));
  return [...new Set(sources.flatMap((source) => (source?.prompt === prompt ? [source.hook] : [])))];
}
