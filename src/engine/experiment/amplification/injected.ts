// A seeded difference at the entrance of every block: what is put beside a run whose streams have none, or none large enough to be told
// from rounding. Each position gets a difference of one size, that of a typical position: some models' first token has a stream a hundred
// times as long as the others', and would otherwise be all that is measured.
import type { Capture } from '../../capture/capture.ts';
import type { Activation } from '../../capture/captured.ts';
import { UploadedCapture } from '../../capture/uploadedCapture.ts';
import { blockHook, type HookName } from '../../hooks/hookName.ts';
import { seededNoise } from '../../hooks/noise.ts';

/** The streams into the blocks of a run, each with its difference; whoever made them frees them by `destroy`. */
export async function injectedStreams(
  capture: Capture,
  nLayers: number,
  exponent: number, // of 2: the difference's size beside a typical position's stream
): Promise<UploadedCapture> {
  const streams = new Map<HookName, Activation>();
  for (let layer = 0; layer < nLayers; layer++) {
    const hook = blockHook(layer, 'hook_resid_pre');
    const [stream] = await capture.read([hook]);
    if (stream) streams.set(hook, withDifference(stream, 2 ** exponent * typicalSize(stream), seedOf(layer)));
  }
  return UploadedCapture.make(capture.gpu, streams);
}

/** Each block has noise of its own, the same everywhere and always. */
export function seedOf(layer: number): number {
  return 519 + layer;
}

/** The median over positions of a stream's root mean square: [pos, d_model] to one number. */
export function typicalSize({
  shape,
  values,
}: {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}): number {
  const dModel = shape.at(-1) ?? 1;
  const sizes = Array.from({ length: values.length / dModel }, (_, row) => {
    let squares = 0;
    for (let i = 0; i < dModel; i++) squares += (values[row * dModel + i] ?? 0) ** 2;
    return Math.sqrt(squares / dModel);
  }).sort((a, b) => a - b);
  return sizes[Math.floor(sizes.length / 2)] ?? 0;
}

function withDifference({ shape, values }: Activation, size: number, seed: number): Activation {
  const noise = seededNoise(shape, seed);
  return { shape, values: values.map((x, i) => x + size * (noise[i] ?? 0)) };
}
