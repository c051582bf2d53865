// The left rail: model, prompt, runs.
import { ModelPanel } from '../views/model/ModelPanel.tsx';
import { PromptPanel } from '../views/prompt/PromptPanel.tsx';
import { RunsPanel } from '../views/runs/RunsPanel.tsx';
import type { PartProps } from './part.ts';

const READY = { kind: 'ready' } as const;

export function Rail({ session, state, frameOf }: PartProps) {
  const { model, experiment, tokens, selectedPosition } = state;
  const { prompt, a, b, mode } = experiment;
  const loaded = model.status === 'ready' ? model.model : null;
  return (
    <div className="rail">
      <ModelPanel
        name={experiment.model.source === 'hub' ? experiment.model.repo : experiment.model.name}
        model={loaded}
        progress={model.status === 'loading' && model.progress?.kind === 'load' ? model.progress : null}
        state={model.status === 'failed' ? { kind: 'error', message: model.failure.message } : READY}
      />
      <PromptPanel
        text={prompt.text}
        prependBos={prompt.prependBos}
        tokens={tokens}
        nCtx={loaded?.config.nCtx ?? null}
        selected={selectedPosition}
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
    </div>
  );
}
