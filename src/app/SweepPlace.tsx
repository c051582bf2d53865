// The sweep over the sitting: candidates for the metric's tokens, what came, and what a chosen cell does.
import { useMemo } from 'react';
import { blockHook, interventionOf, type SweepCell } from '../engine/index.ts';
import { runOnNow } from '../session/asked.ts';
import type { SessionState } from '../session/state.ts';
import { PRESETS } from '../views/prompt/presets.ts';
import { SweepBody } from '../views/sweep/SweepBody.tsx';
import { METRICS } from '../views/sweep/sites.ts';
import { candidatesOf } from './candidates.ts';
import type { PartProps } from './part.ts';
import { useSlice } from './useSlice.ts';

export function SweepPlace({ session }: PartProps) {
  const state = useSlice(session, (all) => all); // whether a sweep is stale hangs on nearly all of it; drawn only while its tab is open
  const { shown, tokens, corruptedTokens, experiment, model, sweep, sweepProblem, selectedPosition } = state;
  const config = model.status === 'ready' ? model.model.config : null;
  const candidates = useMemo(() => candidatesOf(shown), [shown]);
  const isRunning = sweep?.status === 'running';
  const nPos = sweep?.on.tokenIds.length ?? 0;
  const [nLayers, nHeads] = [config?.nLayers ?? 0, config?.nHeads ?? 0];
  const shape = useMemo(() => ({ nLayers, nHeads, nPos }), [nLayers, nHeads, nPos]);
  const choose = (cell: SweepCell) => {
    const perHead = cell.site === 'hook_k_input' || cell.site === 'hook_v_input' ? headsPerKv(state) : 1;
    if (cell.head !== null) session.selectHead(cell.layer, cell.head * perHead);
    else session.selectHook(blockHook(cell.layer, cell.site));
  };
  return (
    <SweepBody
      {...{ tokens, corruptedTokens, candidates, shape }}
      position={selectedPosition}
      result={sweep && sweep.clean !== null ? resultOf(sweep, sweep.clean) : null}
      isStale={sweep !== null && JSON.stringify(sweep.on) !== JSON.stringify(runOnNow(state))}
      progress={isRunning ? { done: sweep.cells.length, total: sweep.total } : null}
      problem={sweepProblem}
      onPosition={(position) => session.selectPosition(position)}
      onRun={(wanted) => session.runSweep(wanted)}
      onCancel={() => session.cancelSweep()}
      onCorrupt={() => {
        const [pair] = PRESETS;
        session.setPrompt(pair.text);
        session.setCorrupted({ ...experiment.prompt, text: pair.corrupted, tokenIds: null });
      }}
      onChoose={choose}
      onAdd={(cell) => {
        if (!sweep) return;
        session.setInterventions([...experiment.interventions, interventionOf(cell, sweep.sweep.operation)]);
      }}
    />
  );
}

function resultOf({ sweep, corrupted, cells, status }: NonNullable<SessionState['sweep']>, clean: number) {
  const metricName = METRICS.find(({ id }) => id === sweep.metric.kind)?.label ?? sweep.metric.kind;
  return { sites: sweep.sites, metricName, clean, corrupted, cells, isRunning: status === 'running' };
}

/** Query heads of one cell of k or v: a kv head's group, unless the sweep repeated them. */
function headsPerKv({ model, sweep }: SessionState): number {
  if (model.status !== 'ready' || sweep?.on.spec.kv === 'repeat') return 1;
  return model.model.config.nHeads / model.model.config.nKeyValueHeads;
}
