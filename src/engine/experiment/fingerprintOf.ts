// Makes the fingerprint of a result: digests of the logits' bits and of each block's, the likeliest next tokens, the largest difference.
import type { Captured } from '../capture/captured.ts';
import { blockHook } from '../hooks/hookName.ts';
import { digest, digestIntegers } from '../tensor/digest.ts';
import type { Fingerprint, RunFingerprint } from './fingerprint.ts';
import { topTokens } from './topTokens.ts';

export type FingerprintSource = {
  readonly modelHash: string;
  readonly appVersion: string;
  readonly adapter: string;
  readonly nLayers: number;
  readonly tokenIds: readonly number[];
  readonly a: Captured | null;
  readonly b: Captured | null;
};

const TOP_COUNT = 3;

/** Reads logits and block outputs back and digests their bits. */
export async function fingerprintOf(source: FingerprintSource): Promise<Fingerprint> {
  const a = source.a && (await runFingerprint(source.a, source.nLayers));
  const b = source.b && (await runFingerprint(source.b, source.nLayers));
  return {
    modelHash: source.modelHash,
    tokens: digestIntegers(source.tokenIds),
    a: a?.fingerprint ?? null,
    b: b?.fingerprint ?? null,
    maxAbs: a && b ? largestDifference(a.logits, b.logits) : null,
    adapter: source.adapter,
    appVersion: source.appVersion,
  };
}

type Digested = { readonly fingerprint: RunFingerprint; readonly logits: Float32Array };

/** Null of captures without logits: a file may hold any hooks. */
async function runFingerprint(capture: Captured, nLayers: number): Promise<Digested | null> {
  if (!capture.shapeOf('unembed.hook_out')) return null;
  const blocks = Array.from({ length: nLayers }, (_, layer) => blockHook(layer, 'hook_resid_post'));
  const captured = blocks.filter((hook) => capture.shapeOf(hook));
  const [logits, ...streams] = await capture.read(['unembed.hook_out', ...captured]);
  if (!logits) throw new Error('internal: a run kept no logits');
  const dVocab = logits.shape.at(-1) ?? 1;
  const top = topTokens(logits.values.subarray(logits.values.length - dVocab), TOP_COUNT);
  return {
    fingerprint: {
      logits: digest(logits.values),
      blocks: streams.map(({ values }) => digest(values)),
      top: top.map(({ id, probability }) => ({ id, probability })),
    },
    logits: logits.values,
  };
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs((b[i] ?? 0) - (a[i] ?? 0)));
  return largest;
}
