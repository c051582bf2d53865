// What a sweep is asked for, its edits as interventions, and why it cannot run.
import { whyNotMetric } from '../../analysis/metric.ts';
import { whyNotApplicable } from '../../hooks/applicable.ts';
import type { Intervention } from '../../hooks/intervention.ts';
import type { Model } from '../../model/model.ts';
import type { ForwardSpec } from '../../model/runContext.ts';
import { asIntervention } from '../../model/sweepSite.ts';
import { elementsOfLayer, type Sweep, type SweepCell } from './sweep.ts';

export type SweepRequest = {
  readonly model: Model;
  readonly spec: ForwardSpec;
  readonly tokenIds: readonly number[];
  readonly corruptedTokenIds: readonly number[] | null;
  readonly sweep: Sweep;
  readonly signal?: AbortSignal;
  readonly onClean?: (clean: number, corrupted: number | null) => void; // the metric of the runs that nothing edits, once known
  readonly onCells?: (cells: readonly SweepCell[], done: number, total: number) => void | Promise<void>; // waited for before the next part
};

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
  const nCorrupted = corruptedTokenIds?.length ?? null;
  if (corruptedTokenIds && nCorrupted !== tokenIds.length && reads(sweep, 'corrupted')) {
    return `The corrupted prompt has ${corruptedTokenIds.length} tokens and the clean one ${tokenIds.length}: make them equally long`;
  }
  if (reads(sweep, 'same'))
    return 'A sweep reads the clean or the corrupted run: an operation that reads its own run cannot be swept';
  const to = { model: model.config, mode: { ...spec, qkv: 'split' as const }, nPos: tokenIds.length, nCorrupted };
  for (const { intervention } of editsOf(sweep, model, spec, tokenIds.length)) {
    const why = whyNotApplicable(intervention, to);
    if (why !== null) return why;
  }
  return null;
}

/** Every edit of a sweep as an intervention of its layer. */
export function editsOf(
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

function reads({ operation }: Sweep, prompt: 'clean' | 'corrupted' | 'same'): boolean {
  return 'prompt' in operation && operation.prompt === prompt;
}
