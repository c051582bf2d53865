// What a loaded model is: its shape, its bytes, where it came from.
import { formatBytes, formatScale } from '../format.ts';
import type { ModelFacts } from './modelView.ts';

/** Tells a model in rows. */
export function Facts({ facts }: { readonly facts: ModelFacts }) {
  const { config, origin } = facts;
  const rows: readonly (readonly [string, string])[] = [
    ['architecture', config.modelType],
    ['layers × heads', `${config.nLayers} × ${config.nHeads} (${config.nKeyValueHeads} kv)`],
    ['d_model, d_head', `${config.dModel}, ${config.dHead}`],
    ['parameters', `${formatScale(facts.parameters)} ${facts.dtype}`],
    ['download, GPU', `${formatBytes(facts.downloadBytes)}, ${formatBytes(facts.gpuBytes)}`],
    ...(origin.license === null ? [] : [['licence', origin.license] as const]),
    ['sha256', `${facts.hash.slice(0, 12)}…`],
  ];
  return (
    <>
      <dl className="model-facts">
        {rows.map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {origin.notice === null ? null : <p className="model-note">{origin.notice}</p>}
    </>
  );
}
