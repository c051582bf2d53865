// config.json → ModelConfig and the row of weight names, by its model_type. Reads the old and the new transformers style.
import type { Architecture, WeightNames } from './architectures/architecture.ts';
import { ARCHITECTURES } from './architectures/architectures.ts';
import { CheckpointError, showValue } from './checkpointError.ts';
import { type Fields, fieldsOf, text, texts } from './configFields.ts';
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
    `config.json has model_type = ${showValue(modelType)}, which Splitscope cannot run. Supported: ${supportedModelTypes().join(', ')}.`,
  );
}

function refuseOtherClasses(fields: Fields, { classes }: Architecture): void {
  const found = texts(fields, 'architectures');
  if (found === null || found.some((name) => classes.includes(name))) return;
  throw new CheckpointError(
    `config.json has architectures = ${showValue(found)}, expected ${classes.join(' or ')}: a model with an unembedding. Take the checkpoint of the language model itself.`,
  );
}

function refuseQuantization(fields: Fields): void {
  if ((fields.values.get('quantization_config') ?? null) === null) return;
  throw new CheckpointError(
    'config.json has a quantization_config, expected plain f32, f16 or bf16 weights. Take the checkpoint before quantization.',
  );
}
