// Makes what verify.json holds, by the reference in JavaScript alone: no GPU has a say in what GPUs are held to.
import type { CheckpointFolder } from '../../checkpoint/byteSource.ts';
import type { Checkpoint } from '../../checkpoint/checkpoint.ts';
import { openCheckpoint } from '../../checkpoint/openCheckpoint.ts';
import { finalLogits } from '../../model/finalLogits.ts';
import { digest } from '../../tensor/digest.ts';
import { largestGap } from '../../tensor/gap.ts';
import { cpuEngines } from '../cpuEngines.ts';
import type { OtherEngine } from '../otherEngines.ts';
import { type Recording, readRecording } from './recording.ts';
import { modesOf, type VerifyMode } from './verifyModes.ts';

/** What the reference expects of every mode (or of those `isWanted` names), as verify.json has it. */
export async function recordExpected(
  folder: CheckpointFolder,
  isWanted: (mode: VerifyMode) => boolean = () => true,
): Promise<Record<string, Record<string, Record<string, string | number>>>> {
  const checkpoint = await openCheckpoint(folder);
  const recording = await readRecording(folder, checkpoint.config.nLayers);
  const { ieee } = cpuEngines({ checkpoint, pause: async () => {} });
  if (!ieee) throw new Error('internal: the reference has no ieee engine');
  const { config, weights } = checkpoint;
  const modes: Record<string, Record<string, Record<string, string | number>>> = {};
  for (const mode of modesOf(config, weights, recording.prompts.length).filter(isWanted)) {
    modes[mode.name] = await expectedIn(mode, { checkpoint, recording, ieee });
  }
  return modes;
}

type Made = { readonly checkpoint: Checkpoint; readonly recording: Recording; readonly ieee: OtherEngine };

async function expectedIn({ spec, prompt }: VerifyMode, { checkpoint, recording, ieee }: Made) {
  const request = {
    spec: { ...spec, engine: 'ieee' as const },
    tokenIds: recording.prompts[prompt]?.tokenIds ?? [],
    corruptedTokenIds: null,
    interventions: [],
    reference: null,
  };
  const { activations } = await ieee(request);
  if (spec.arithmetic === 'portable') {
    return { digests: Object.fromEntries([...activations].map(([hook, { values }]) => [hook, digest(values)])) };
  }
  const errors = [...(recording.recorded[prompt] ?? [])].map(([hook, { values: truth }]) => {
    const own = activations.get(hook)?.values ?? new Float32Array();
    const values = hook === 'unembed.hook_out' ? finalLogits(checkpoint.config, own) : own;
    return [hook, Number(largestGap(values, truth).toPrecision(3))] as const;
  });
  return { errors: Object.fromEntries(errors) };
}
