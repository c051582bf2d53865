// The logits that a model means: unembed.hook_out, through the soft cap of the architectures that have one.
import type { ModelConfig } from '../checkpoint/modelConfig.ts';

/** cap · tanh(x / cap), computed in f64 and rounded once; the values themselves where there is no cap. [pos, d_vocab] */
export function finalLogits(config: ModelConfig, unembedded: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  const cap = config.logitSoftCap;
  return cap === null ? unembedded : unembedded.map((x) => cap * Math.tanh(x / cap));
}
