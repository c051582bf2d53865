// Sweeps over the sitting, of edits and of paths: candidates for the metric's tokens, what came, and what a chosen cell does.
import { useCallback, useMemo } from 'react';
import { useStore } from 'zustand';
import { blockHook, interventionOf, type Sweep, type SweepCell } from '../engine/index.ts';
import { sweepOfNow } from '../session/asked.ts';
import type { SessionState } from '../session/state.ts';
import { Choice } from '../views/controls/Choice.tsx';
import { METRICS } from '../views/sweep/metrics.ts';
import { SweepBody } from '../views/sweep/SweepBody.tsx';
import { candidatesOf } from './candidates.ts';
import { useSliceInTurn } from './inTurn.ts';
import { PathPlace } from './PathPlace.tsx';
import type { PartProps } from './part.ts';
import { wantPair } from './wantPair.ts';

export function SweepPlace(part: PartProps) {
  const { ui } = part;
  const swept = useStore(ui, (state) => state.swept);
  return (
    <>
      <div className="sweep-kind">
        <Choice
          name="What is swept"
          options={[
            { id: 'edits', label: 'edits' },
            { id: 'paths', label: 'paths' },
          ]}
          value={swept}
          onChange={(chosen) => ui.set({ swept: chosen })}
        />
      </div>
      {swept === 'edits' ? <EditsPlace {...part} /> : <PathPlace {...part} />}
    </>
  );
}

function EditsPlace({ session }: PartProps) {
  const state = useSliceInTurn(session, (all) => all); // whether a sweep is stale hangs on nearly all of it; drawn only while its tab is open
  const { shown, tokens, corruptedTokens, experiment, model, sweep, sweepProblem, selectedPosition } = state;
  const config = model.status === 'ready' ? model.model.config : null;
  const candidates = useMemo(() => candidatesOf(shown), [shown]);
  const isRunning = sweep?.status === 'running';
  const isIdle = state.run.status === 'done';
  const prepare = useCallback((next: Sweep) => isIdle && session.prepareSweep(next), [session, isIdle]);
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
      asked={experiment.sweep}
      position={selectedPosition}
      result={sweep && sweep.clean !== null ? resultOf(sweep, sweep.clean) : null}
      isStale={sweep !== null && sweepOfNow(state) === null}
      progress={isRunning ? { done: sweep.cells.length, total: sweep.total } : null}
      problem={sweepProblem}
      onPosition={(position) => session.selectPosition(position)}
      onNext={prepare}
      onRun={(wanted) => session.runSweep(wanted)}
      onCancel={() => session.cancelSweep()}
      onCorrupt={() => wantPair(session, experiment.prompt)}
      onChoose={choose}
      onAdd={(cell) => {
        if (!sweep) return;
        session.setInterventions([...experiment.interventions, interventionOf(cell, sweep.asked.operation)]);
      }}
    />
  );
}

function resultOf({ asked, corrupted, cells, status }: NonNullable<SessionState['sweep']>, clean: number) {
  const metricName = METRICS.find(({ id }) => id === asked.metric.kind)?.label ?? asked.metric.kind;
  return { sites: asked.sites, metricName, clean, corrupted, cells, isRunning: status === 'running' };
}

/** Query heads of one cell of k or v: a kv head's group, unless the sweep repeated them. */
function headsPerKv({ model, sweep }: SessionState): number {
  if (model.status !== 'ready' || sweep?.on.spec.kv === 'repeat') return 1;
  return model.model.config.nHeads / model.model.config.nKeyValueHeads;
}
