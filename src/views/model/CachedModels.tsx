// What hubs gave and this browser keeps: with sizes, to be removed.
import { IconButton } from '../controls/Button.tsx';
import { formatBytes } from '../format.ts';
import type { CachedView, ModelDeeds } from './modelView.ts';

type Props = {
  readonly models: readonly CachedView[];
  readonly room: { readonly usedBytes: number; readonly quotaBytes: number } | null;
  readonly deeds: ModelDeeds;
};

/** Lists the cache; a press on a name opens that model at that commit. */
export function CachedModels({ models, room, deeds }: Props) {
  return (
    <details className="model-other">
      <summary>
        Cached models: {models.length}, {formatBytes(models.reduce((sum, { cachedBytes }) => sum + cachedBytes, 0))}
      </summary>
      <ul className="model-cached" aria-label="Cached models">
        {models.map((model) => (
          <li key={`${model.endpoint} ${model.repo} ${model.commit}`}>
            <span className="model-cached-name">
              <span className="mono">{model.repo}</span>
              <span className="quiet">
                {model.commit.slice(0, 8)} · {formatBytes(model.cachedBytes)}
                {model.isComplete ? '' : ' · in part'}
              </span>
            </span>
            <IconButton icon="close" name={`Remove ${model.repo}`} onPress={() => deeds.removeCached(model)} />
          </li>
        ))}
      </ul>
      {room ? (
        <p className="quiet">
          {formatBytes(room.usedBytes)} of the {formatBytes(room.quotaBytes)} that the browser gives this page.
        </p>
      ) : null}
    </details>
  );
}
