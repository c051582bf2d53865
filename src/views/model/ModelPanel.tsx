// The model: what it is, what it weighs here, and how far its loading is.
import type { ModelConfig } from '../../engine/index.ts';
import type { PanelState } from '../data.ts';
import { formatBytes, formatScale } from '../format.ts';
import { Panel } from '../panel/Panel.tsx';
import './model.css';

type Props = {
  readonly name: string;
  readonly model: {
    readonly config: ModelConfig;
    readonly parameters: number;
    readonly dtype: string;
    readonly downloadBytes: number;
    readonly gpuBytes: number;
    readonly hash: string;
  } | null;
  readonly progress: { readonly phase: string; readonly done: number; readonly total: number } | null;
  readonly state: PanelState;
};

/** Summarises the loaded model. */
export function ModelPanel({ name, model, progress, state }: Props) {
  return (
    <Panel
      id="panel-model"
      title="Model"
      help={<ModelHelp />}
      state={state}
      frame={{ isMaximised: false, onMaximise: null }}
    >
      <div className="model">
        <p className="model-name mono">{name}</p>
        {progress ? (
          <label className="model-progress">
            <span className="quiet">{progress.phase}</span>
            <progress value={progress.done} max={Math.max(1, progress.total)} />
          </label>
        ) : null}
        {model ? <Facts model={model} /> : null}
      </div>
    </Panel>
  );
}

function Facts({ model }: { model: NonNullable<Props['model']> }) {
  const { config } = model;
  const rows: readonly (readonly [string, string])[] = [
    ['architecture', config.modelType],
    ['layers × heads', `${config.nLayers} × ${config.nHeads} (${config.nKeyValueHeads} kv)`],
    ['d_model, d_head', `${config.dModel}, ${config.dHead}`],
    ['parameters', `${formatScale(model.parameters)} ${model.dtype}`],
    ['download, GPU', `${formatBytes(model.downloadBytes)}, ${formatBytes(model.gpuBytes)}`],
    ['sha256', `${model.hash.slice(0, 12)}…`],
  ];
  return (
    <dl className="model-facts">
      {rows.map(([term, value]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function ModelHelp() {
  return (
    <p>
      The bundled demo model is a small trained transformer with grouped queries: eight query heads read two key/value
      heads. Its weights are in bfloat16 and are widened exactly in the kernels.
    </p>
  );
}
