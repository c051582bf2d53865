// What every run is followed by: comparison, facts, the heads at a glance. Their kernels hang on no model, so that they can be compiled
// while one is still on its way, and the first result does not wait for them.
import type { Gpu } from '../gpu/device.ts';
import { comparePipelines, compareShape } from '../kernels/compare.ts';
import { HEAD_SCORES_KERNEL } from '../kernels/headScores.ts';
import { HEAD_THUMBNAILS } from '../kernels/headThumbnails.ts';
import { PATTERN_FACTS } from '../kernels/patternFacts.ts';

/** Starts compiling them and does not wait: whoever needs one waits for it, and hears what went wrong. */
export function compileAfterRun(gpu: Gpu): void {
  const shape = compareShape(gpu.adapter);
  const { lanes } = shape;
  const pipelines = [
    ...Object.values(comparePipelines(shape)),
    { kernel: PATTERN_FACTS, overrides: { lanes } },
    { kernel: HEAD_THUMBNAILS, overrides: {} },
    { kernel: HEAD_SCORES_KERNEL, overrides: { lanes, has_other: 0 } },
    { kernel: HEAD_SCORES_KERNEL, overrides: { lanes, has_other: 1 } },
  ];
  for (const { kernel, overrides } of pipelines) gpu.pipelines.compile(kernel, overrides).catch(() => {});
}
