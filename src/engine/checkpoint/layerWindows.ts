// Which layers see a sliding window: layer_types of new configs, or the architecture's own rule in configs from before it.
import { CheckpointError } from './checkpointError.ts';
import { type Fields, texts } from './configFields.ts';

/** Window of each layer in keys, the query's own included; null: none. Throws CheckpointError for an unknown layer type. */
export function readWindows(
  fields: Fields,
  nLayers: number,
  window: number | null,
  slidesByRule: (layer: number) => boolean,
): readonly (number | null)[] {
  const types = readLayerTypes(fields, nLayers);
  return Array.from({ length: nLayers }, (_, layer) => {
    const slides = types ? types[layer] === 'sliding_attention' : slidesByRule(layer);
    return slides ? window : null;
  });
}

function readLayerTypes(fields: Fields, nLayers: number): readonly string[] | null {
  const types = texts(fields, 'layer_types');
  if (types === null) return null;
  const unknown = types.find((type) => type !== 'full_attention' && type !== 'sliding_attention');
  if (unknown !== undefined) {
    throw new CheckpointError(
      `${fields.where} has a layer of type ${unknown}, which Splitscope cannot run. Supported: full_attention, sliding_attention.`,
    );
  }
  if (types.length !== nLayers) {
    throw new CheckpointError(`${fields.where} has ${types.length} layer_types, expected ${nLayers}, one per layer.`);
  }
  return types;
}
