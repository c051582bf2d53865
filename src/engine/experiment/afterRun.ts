// What every run is followed by: facts, the heads at a glance, the comparison. Their kernels hang on no model, so that they can be
// compiled before they are wanted. On a software adapter a pipeline costs 10 to 500 ms of the processor, so which comes first is what
// the first result waits for: a run's own, then what shows it, and the comparison's only once it is shown.
import type { Gpu } from '../gpu/device.ts';
import type { Kernel, Overrides } from '../gpu/pipelineCache.ts';
import { comparePipelines, compareShape } from '../kernels/compare.ts';
import { HEAD_SCORES_KERNEL } from '../kernels/headScores.ts';
import { HEAD_THUMBNAILS } from '../kernels/headThumbnails.ts';
import { inspectPipelines, inspectShape } from '../kernels/inspect.ts';
import { PATTERN_FACTS } from '../kernels/patternFacts.ts';

type Pipeline = { readonly kernel: Kernel; readonly overrides: Overrides };

/** Starts compiling what shows one run; does not wait: whoever needs a pipeline waits for it, and hears what went wrong. */
export function compileForOneRun(gpu: Gpu): void {
  const { lanes } = compareShape(gpu.adapter);
  start(gpu, [
    { kernel: HEAD_THUMBNAILS, overrides: {} },
    { kernel: HEAD_SCORES_KERNEL, overrides: { lanes, has_other: 0 } },
    { kernel: PATTERN_FACTS, overrides: { lanes } },
    ...inspectPipelines(inspectShape(gpu.adapter)).oneRun,
  ]);
}

/** Starts compiling what compares two runs; does not wait either. */
export function compileForComparison(gpu: Gpu): void {
  const shape = compareShape(gpu.adapter);
  const heads = { kernel: HEAD_SCORES_KERNEL, overrides: { lanes: shape.lanes, has_other: 1 } };
  start(gpu, [
    ...Object.values(comparePipelines(shape)),
    heads,
    ...inspectPipelines(inspectShape(gpu.adapter)).comparison,
  ]);
}

function start(gpu: Gpu, pipelines: readonly Pipeline[]): void {
  for (const { kernel, overrides } of pipelines) gpu.pipelines.compile(kernel, overrides).catch(() => {});
}
