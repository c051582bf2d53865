// The left rail: model, prompt, runs, interventions.
import { ModelPanel } from '../views/model/ModelPanel.tsx';
import { PromptPanel } from '../views/prompt/PromptPanel.tsx';
import { RunsPanel } from '../views/runs/RunsPanel.tsx';
import { InterventionsPlace } from './InterventionsPlace.tsx';
import { modelView } from './modelView.ts';
import type { PartProps } from './part.ts';

const READY = { kind: 'ready' } as const;

export function Rail(part: PartProps) {
  const { session, state, frameOf } = part;
  const { model, hub, cache, experiment, tokens, selectedPosition } = state;
  const { prompt, a, b, mode } = experiment;
  const loaded = model.status === 'ready' ? model.model : null;
  return (
    <div className="rail">
      <ModelPanel model={modelView(model)} hub={hub} cache={cache} deeds={session} frame={frameOf('panel-model')} />
      <PromptPanel
        text={prompt.text}
        prependBos={prompt.prependBos}
        tokens={tokens}
        nCtx={loaded?.config.nCtx ?? null}
        selected={selectedPosition}
        corrupted={experiment.corrupted?.text ?? null}
        corruptedTokens={state.corruptedTokens}
        modelPrependsBos={loaded?.prependsBos ?? null}
        onCorrupted={(text) => session.setCorrupted(text === null ? null : { ...prompt, text, tokenIds: null })}
        onTokenIds={(ids) => session.setTokenIds(ids)}
        onText={(text) => session.setPrompt(text)}
        onPrependBos={(prependBos) => session.setPrependBos(prependBos)}
        onSelect={(position) => session.selectPosition(position)}
        state={READY}
        frame={frameOf('panel-prompt')}
      />
      <RunsPanel
        a={a}
        b={b}
        ran={{ a: mode !== 'split', b: mode !== 'fused' }}
        onSpec={(side, patch) => session.setSpec(side, patch)}
        onSwap={() => session.swapSpecs()}
        canSwap={mode === 'compare'}
        state={READY}
        frame={frameOf('panel-runs')}
      />
      <InterventionsPlace {...part} />
    </div>
  );
}
