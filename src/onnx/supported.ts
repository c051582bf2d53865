// Which models can be written as a graph, and for the others why not: by architecture first, then by the field that is in the way.
import type { ModelConfig } from '../engine/index.ts';

/** Architectures whose every field the graph follows and whose logits the tests compare. */
export const SUPPORTED_MODEL_TYPES = ['llama', 'mistral', 'qwen2', 'gpt_neox', 'gpt2'] as const;

/** Says why a model cannot be written as an ONNX graph, naming the field; null where it can. */
export function whyNotExportable(config: ModelConfig): string | null {
  if (!SUPPORTED_MODEL_TYPES.some((type) => type === config.modelType)) {
    return `model_type ${config.modelType} cannot be run on ONNX Runtime yet; supported: ${SUPPORTED_MODEL_TYPES.join(', ')}`;
  }
  const field = unsupportedField(config);
  return (
    field &&
    `this ${config.modelType} has ${field}, which the ONNX graph does not express yet; run it on WebGPU instead`
  );
}

function unsupportedField(config: ModelConfig): string | null {
  if (config.positional === 'alibi') return 'positional: alibi';
  if (config.attnSoftCap !== null || config.logitSoftCap !== null) return 'soft-capped scores or logits';
  if (config.qkNorm) return 'a norm on q and k';
  if (config.postNorms) return 'norms after attention and MLP';
  if (config.experts !== null) return 'a mixture of experts';
  if (config.normPlace === 'after') return 'norms behind the residual sum';
  if (config.embedWidth !== config.dModel) return 'an embedding projected to d_model';
  if (config.embedNorm) return 'a norm after the embedding';
  if (config.embedScale !== 1) return `an embedding scaled by ${config.embedScale}`;
  if (config.normWeightOffset !== 0) return `norm weights offset by ${config.normWeightOffset}`;
  if (config.rotary.some((rotary) => rotary?.style === 'interleaved')) return 'interleaved rotary pairs';
  return null;
}
