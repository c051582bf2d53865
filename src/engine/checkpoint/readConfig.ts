// config.json → ModelConfig and the row of weight names, by its model_type. Reads the old and the new transformers style.
import type { Architecture, WeightNames } from './architectures/architecture.ts';
import { ARCHITECTURES } from './architectures/architectures.ts';
import { CheckpointError, showValue } from './checkpointError.ts';
import { type Fields, fieldsOf, nested, refuseUnless, text, texts } from './configFields.ts';
import type { ModelConfig } from './modelConfig.ts';

/** Reads config.json. Throws CheckpointError for an unsupported model, and for a field that is missing or out of its range. */
export function readConfig(json: unknown): ModelConfig {
  return readArchitecture(json).config;
}

/** The same, and what the model's weights are called in its checkpoint. */
export function readArchitecture(json: unknown): { readonly config: ModelConfig; readonly names: WeightNames } {
  const fields = fieldsOf(json, 'config.json');
  const architecture = findArchitecture(fields);
  refuseOtherClasses(fields, architecture);
  refuseQuantization(fields);
  refuseOtherKinds(fields);
  return { config: architecture.readConfig(fields), names: architecture.names(fields) };
}

/** The model types that can be run: for errors and for the page. */
export function supportedModelTypes(): readonly string[] {
  return ARCHITECTURES.flatMap((architecture) => architecture.modelTypes);
}

function findArchitecture(fields: Fields): Architecture {
  const modelType = text(fields, 'model_type');
  const architecture = ARCHITECTURES.find(({ modelTypes }) => modelTypes.includes(modelType));
  if (architecture) return architecture;
  throw new CheckpointError(
    `config.json has model_type = ${showValue(modelType)}, which Splitscope cannot run${kindOf(fields)}. Supported: ${supportedModelTypes().join(', ')}.`,
  );
}

/** What an unsupported model is, as far as its config says: each needs another way on. */
function kindOf(fields: Fields): string {
  const { values } = fields;
  const inner = nested(fields, 'text_config');
  if (inner)
    return `: a wrapper around a text model (${text(inner, 'model_type', 'of no model_type')}) with other inputs`;
  if (values.get('is_encoder_decoder') === true) return ': an encoder and a decoder';
  return values.has('auto_map') ? ': it brings code of its own (auto_map), which is not run' : '';
}

/** Fields that make another model of a supported one. */
function refuseOtherKinds(fields: Fields): void {
  refuseUnless(fields, 'is_encoder_decoder', false, false, 'Splitscope runs decoders alone.');
  refuseUnless(fields, 'add_cross_attention', false, false, 'Splitscope has no attention to another model.');
}

function refuseOtherClasses(fields: Fields, { classes }: Architecture): void {
  const found = texts(fields, 'architectures');
  if (found === null || found.some((name) => classes.includes(name))) return;
  throw new CheckpointError(
    `config.json has architectures = ${showValue(found)}, expected ${classes.join(' or ')}: a model with an unembedding. Take the checkpoint of the language model itself.`,
  );
}

function refuseQuantization(fields: Fields): void {
  for (const name of ['quantization_config', 'compression_config']) {
    const found = nested(fields, name);
    if (found === null) continue;
    const method = showValue(found.values.get('quant_method') ?? found.values);
    throw new CheckpointError(
      `config.json has a ${name} (quant_method ${method}), expected plain f32, f16 or bf16 weights. Take the checkpoint before quantization.`,
    );
  }
}
