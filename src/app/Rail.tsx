// The left rail: model, prompt, runs, interventions.
import { useMemo } from 'react';
import { layoutClaim, travelClaim } from '../engine/index.ts';
import type { SessionState } from '../session/state.ts';
import { MenuZone } from '../views/controls/Menus.tsx';
import { ModelPanel } from '../views/model/ModelPanel.tsx';
import { PromptPanel } from '../views/prompt/PromptPanel.tsx';
import { RunsPanel } from '../views/runs/RunsPanel.tsx';
import { tokenMenu } from './deedMenu.ts';
import { InterventionsPlace } from './InterventionsPlace.tsx';
import { useSliceInTurn } from './inTurn.ts';
import { MountInTurn } from './MountInTurn.tsx';
import { modelView } from './modelView.ts';
import { usePanelFrame } from './panelFrame.ts';
import type { PartProps } from './part.ts';
import { trustOf } from './trustOf.ts';
import { useSlice } from './useSlice.ts';

const READY = { kind: 'ready' } as const;

export function Rail(part: PartProps) {
  return (
    <div className="rail">
      <MountInTurn Place={ModelPlace} part={part} />
      <MountInTurn Place={PromptPlace} part={part} />
      <MountInTurn Place={RunsPlace} part={part} />
      <MountInTurn Place={InterventionsPlace} part={part} />
    </div>
  );
}

function modelSlice({ model, hub, cache, memory, budget }: SessionState) {
  return { model, hub, cache, memory, budget };
}

function ModelPlace(part: PartProps) {
  const { session } = part;
  const { model, hub, cache, memory, budget } = useSliceInTurn(session, modelSlice);
  return (
    <ModelPanel
      model={modelView(model)}
      hub={hub}
      cache={cache}
      memory={{ plan: model.status === 'ready' ? memory : null, budgetBytes: budget.bytes, problem: budget.problem }}
      deeds={session}
      frame={usePanelFrame(part, 'panel-model')}
    />
  );
}

function promptSlice({ experiment, model, tokens, corruptedTokens, selectedPosition }: SessionState) {
  const loaded = model.status === 'ready' ? model.model : null;
  return {
    prompt: experiment.prompt,
    corrupted: experiment.corrupted?.text ?? null,
    model: loaded?.config ?? null,
    modelPrependsBos: loaded?.prependsBos ?? null,
    tokens,
    corruptedTokens,
    selected: selectedPosition,
  };
}

function PromptPlace(part: PartProps) {
  const { session } = part;
  const { prompt, ...shown } = useSlice(session, promptSlice);
  const menuOf = useMemo(() => tokenMenu(session), [session]);
  return (
    <MenuZone select="[data-position]" menuOf={menuOf}>
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
        frame={usePanelFrame(part, 'panel-prompt')}
      />
    </MenuZone>
  );
}

function runsSlice({ experiment: { a, b, mode }, gate, verification }: SessionState) {
  return { a, b, mode, gate, verification };
}

function RunsPlace(part: PartProps) {
  const { session } = part;
  const { a, b, mode, ...measured } = useSliceInTurn(session, runsSlice);
  const ran = { a: mode !== 'split', b: mode !== 'fused' };
  const trust = trustOf(measured);
  return (
    <RunsPanel
      a={a}
      b={b}
      ran={ran}
      claims={{
        layout: layoutClaim(trust).text,
        travel: travelClaim([...(ran.a ? [a] : []), ...(ran.b ? [b] : [])], trust),
      }}
      onSpec={(side, patch) => session.setSpec(side, patch)}
      onSwap={() => session.swapSpecs()}
      canSwap={mode === 'compare'}
      state={READY}
      frame={usePanelFrame(part, 'panel-runs')}
    />
  );
}
