// The left rail: model, prompt, runs, interventions.
import type { SessionState } from '../session/state.ts';
import { ModelPanel } from '../views/model/ModelPanel.tsx';
import { PromptPanel } from '../views/prompt/PromptPanel.tsx';
import { RunsPanel } from '../views/runs/RunsPanel.tsx';
import { InterventionsPlace } from './InterventionsPlace.tsx';
import { modelView } from './modelView.ts';
import type { PartProps } from './part.ts';
import { useSlice } from './useSlice.ts';

const READY = { kind: 'ready' } as const;

export function Rail(part: PartProps) {
  return (
    <div className="rail">
      <ModelPlace {...part} />
      <PromptPlace {...part} />
      <RunsPlace {...part} />
      <InterventionsPlace {...part} />
    </div>
  );
}

function ModelPlace({ session, frameOf }: PartProps) {
  const { model, hub, cache } = useSlice(session, ({ model, hub, cache }) => ({ model, hub, cache }));
  return <ModelPanel model={modelView(model)} hub={hub} cache={cache} deeds={session} frame={frameOf('panel-model')} />;
}

function promptSlice({ experiment, model, tokens, corruptedTokens, selectedPosition }: SessionState) {
  const loaded = model.status === 'ready' ? model.model : null;
  return {
    prompt: experiment.prompt,
    corrupted: experiment.corrupted?.text ?? null,
    nCtx: loaded?.config.nCtx ?? null,
    modelPrependsBos: loaded?.prependsBos ?? null,
    tokens,
    corruptedTokens,
    selected: selectedPosition,
  };
}

function PromptPlace({ session, frameOf }: PartProps) {
  const { prompt, ...shown } = useSlice(session, promptSlice);
  return (
    <PromptPanel
      {...shown}
      text={prompt.text}
      prependBos={prompt.prependBos}
      onCorrupted={(text) => session.setCorrupted(text === null ? null : { ...prompt, text, tokenIds: null })}
      onTokenIds={(ids) => session.setTokenIds(ids)}
      onText={(text) => session.setPrompt(text)}
      onPrependBos={(prependBos) => session.setPrependBos(prependBos)}
      onSelect={(position) => session.selectPosition(position)}
      state={READY}
      frame={frameOf('panel-prompt')}
    />
  );
}

function RunsPlace({ session, frameOf }: PartProps) {
  const { a, b, mode } = useSlice(session, ({ experiment: { a, b, mode } }) => ({ a, b, mode }));
  return (
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
  );
}
