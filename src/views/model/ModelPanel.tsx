// The model: what it is and weighs, how far its loading is, and where others come from: beside the page, a hub, this machine, the cache.
import type { PanelState } from '../data.ts';
import { Panel, type PanelFrame } from '../panel/Panel.tsx';
import { CachedModels } from './CachedModels.tsx';
import { Facts } from './Facts.tsx';
import './model.css';
import { MemoryPlan } from './MemoryPlan.tsx';
import type { CachedView, HubView, MemoryView, ModelDeeds, ModelView } from './modelView.ts';
import { OpenOther } from './OpenOther.tsx';
import { Status } from './Status.tsx';

type Props = {
  readonly model: ModelView;
  readonly hub: HubView;
  readonly cache: {
    readonly models: readonly CachedView[];
    readonly room: { readonly usedBytes: number; readonly quotaBytes: number } | null;
  } | null;
  readonly memory: MemoryView;
  readonly deeds: ModelDeeds;
  readonly frame: PanelFrame;
};

const READY: PanelState = { kind: 'ready' };

/** Shows the loaded model and opens others. */
export function ModelPanel({ model, hub, cache, memory, deeds, frame }: Props) {
  const isBusy = model.status === 'looking' || model.status === 'loading' || model.status === 'asks';
  return (
    <Panel id="panel-model" title="Model" help={<ModelHelp />} state={READY} frame={frame}>
      <div className="model">
        {model.status === 'none' ? null : (
          <p className="model-name mono">
            {model.name}
            {model.status === 'ready' && model.facts.origin.isCached ? (
              <span className="model-badge">cached</span>
            ) : null}
          </p>
        )}
        <Status model={model} hub={hub} deeds={deeds} />
        {model.status === 'ready' ? <Facts facts={model.facts} /> : null}
        <MemoryPlan memory={memory} deeds={deeds} />
        <OpenOther isBusy={isBusy} needsFiles={model.status === 'needs-files'} hub={hub} deeds={deeds} />
        {cache && cache.models.length > 0 ? <CachedModels {...cache} deeds={deeds} /> : null}
      </div>
    </Panel>
  );
}

function ModelHelp() {
  return (
    <>
      <p>
        The bundled models are small trained transformers. Others come from the Hugging Face hub by <em>owner/name</em>,
        or from files of this machine, which never leave it. Both are read in the same layout: config.json,
        tokenizer.json and safetensors.
      </p>
      <p>
        GPU memory is planned before each run. Under a budget that all weights do not fit in, blocks are streamed: read,
        uploaded, run and released one after another, with the same bits.
      </p>
      <p>
        A revision is pinned to its commit. Nothing above 25 MB is downloaded before you say so. What a hub gave is kept
        in this browser's storage and checked by its sha256; remove it below.
      </p>
    </>
  );
}
