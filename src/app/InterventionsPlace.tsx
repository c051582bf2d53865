// The interventions over the sitting: which rows the runs of now can carry out, and a row for the chosen head.
import { useMemo, useState } from 'react';
import { type Intervention, whyNotApplicable } from '../engine/index.ts';
import type { ViewToken } from '../views/data.ts';
import { InterventionsPanel } from '../views/interventions/InterventionsPanel.tsx';
import { newIntervention } from '../views/interventions/paths.ts';
import { candidatesOf } from './candidates.ts';
import { usePanelFrame } from './panelFrame.ts';
import type { PartProps } from './part.ts';
import { readVectorFile } from './readVectorFile.ts';
import { useSlice } from './useSlice.ts';

export function InterventionsPlace(part: PartProps) {
  const { session } = part;
  const { experiment, config, tokens, corruptedTokens, shown, isTakingMean } = useSlice(
    session,
    ({ experiment, model, tokens, corruptedTokens, shown, isTakingMean }) => ({
      shown,
      isTakingMean,
      experiment,
      config: model.status === 'ready' ? model.model.config : null,
      tokens,
      corruptedTokens,
    }),
  );
  const candidates = useKept(candidatesOf(shown), sameTokens);
  const context = useMemo(() => ({ candidates, readFile: readVectorFile, isTakingMean }), [candidates, isTakingMean]);
  const { interventions, view, mode } = experiment;
  const ran = [mode === 'split' ? null : experiment.a, mode === 'fused' ? null : experiment.b].filter(
    (s) => s !== null,
  );
  const whyNot = (row: Intervention): string | null => {
    if (!config || tokens.length === 0) return null;
    const [nPos, nCorrupted] = [tokens.length, corruptedTokens?.length ?? null];
    const reasons = ran.map(({ qkv, kv }) =>
      whyNotApplicable(row, { model: config, mode: { qkv, kv }, nPos, nCorrupted }),
    );
    return reasons.find((reason) => reason !== null) ?? null;
  };
  const split = () => {
    if (experiment.a.qkv === 'fused') session.setSpec('a', { qkv: 'split' });
    if (experiment.b.qkv === 'fused') session.setSpec('b', { qkv: 'split' });
  };
  return (
    <InterventionsPanel
      interventions={interventions}
      onChange={(rows) => session.setInterventions(rows)}
      onAdd={() =>
        session.setInterventions([...interventions, newIntervention('attn.hook_z', view.layer, [view.head])])
      }
      addName={`L${view.layer}H${view.head}`}
      nLayers={config?.nLayers ?? 1}
      hasKvHeads={config !== null && config.nKeyValueHeads < config.nHeads && ran.every(({ kv }) => kv === 'broadcast')}
      whyNot={whyNot}
      onSplit={ran.some(({ qkv }) => qkv === 'fused') ? split : null}
      onMean={(at, texts) => session.meanOverPrompts(at, texts)}
      context={context}
      state={{ kind: 'ready' }}
      frame={usePanelFrame(part, 'panel-interventions')}
    />
  );
}

/** The value from before where the new one is the same, so that what hangs on it stands still. */
function useKept<T>(value: T, isSame: (one: T, other: T) => boolean): T {
  const [kept, keep] = useState(value);
  if (isSame(kept, value)) return kept;
  keep(value);
  return value;
}

function sameTokens(one: readonly ViewToken[], other: readonly ViewToken[]): boolean {
  return (
    one.length === other.length && one.every(({ id, text }, at) => id === other[at]?.id && text === other[at].text)
  );
}
