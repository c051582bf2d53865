// Without a GPU: what runs on the processor is what the GPU's runner makes of the same engines, and the rest is refused.
import { beforeAll, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { nodeFolder } from '../../sources/folder.node.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { openCheckpoint } from '../checkpoint/openCheckpoint.ts';
import { gpuOf } from '../gpu/device.ts';
import { loadModel } from '../model/loadModel.ts';
import { cpuEngines } from './cpuEngines.ts';
import { DEFAULT_EXPERIMENT, type Experiment } from './experiment.ts';
import { compareHeld, ProcessorRunner } from './processorRunner.ts';
import { ExperimentRunner } from './run.ts';
import { DEFAULT_RUN_SPEC, type RunSpec } from './runSpec.ts';

const PROMPT = [0, 631, 523, 269, 521, 323];
const ABOUT = { modelHash: 'x', appVersion: 'test' };

let checkpoint: Checkpoint;
beforeAll(async () => {
  checkpoint = await openCheckpoint(nodeFolder('public/models/demo-gqa'));
});

const engines = () => cpuEngines({ checkpoint, pause: async () => {} });
const processor = () => new ProcessorRunner({ ...ABOUT, config: checkpoint.config }, engines());

function comparing(a: Partial<RunSpec>, b: Partial<RunSpec>): Experiment {
  return { ...DEFAULT_EXPERIMENT, a: { ...DEFAULT_RUN_SPEC, ...a }, b: { ...DEFAULT_RUN_SPEC, ...b } };
}

test('results are those of the GPU runner over the same engines: ladder, fingerprint, shapes', async () => {
  const experiment = comparing({ engine: 'f64' }, { engine: 'ieee', qkv: 'split' });
  const held = await processor().run(experiment, PROMPT);
  const model = await loadModel(gpuOf(await testDevice()), checkpoint);
  const runner = new ExperimentRunner(model, ABOUT, engines());
  const { result } = await runner.run(experiment, PROMPT);
  const untold = { adapter: '', appVersion: '' };
  expect({ ...held.result.fingerprint, ...untold }).toEqual({ ...result.fingerprint, ...untold });
  expect(held.result.ladder.map(({ hook }) => hook)).toEqual(result.ladder.map(({ hook }) => hook));
  held.result.ladder.forEach(({ summary }, at) => {
    const other = result.ladder[at]?.summary;
    expect([summary.verdict, summary.mismatched, summary.bitEqual, summary.maxAbs, summary.ulpMax]).toEqual([
      other?.verdict,
      other?.mismatched,
      other?.bitEqual,
      other?.maxAbs,
      other?.ulpMax,
    ]);
  });
  runner.destroy();
  model.destroy();
});

test('the same captures are judged again under another rule', async () => {
  const { result, a, b } = await processor().run(comparing({ engine: 'f64' }, { engine: 'ieee' }), PROMPT);
  if (!a || !b) throw new Error('both sides run');
  const outside = (atol: number) =>
    compareHeld(a.capture, b.capture, { atol, rtol: 0 }).filter(({ summary }) => summary.verdict === 'outside').length;
  expect(result.ladder.every(({ summary }) => summary.verdict !== 'outside')).toBe(true);
  expect(outside(1)).toBe(0);
  expect(outside(0)).toBeGreaterThan(50);
});

test('our own kernels are refused with the way on', async () => {
  await expect(processor().run(comparing({ engine: 'f64' }, {}), PROMPT)).rejects.toThrow(
    'there is no WebGPU; use engine=onnx, f64 or ieee',
  );
});
