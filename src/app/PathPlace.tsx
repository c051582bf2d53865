// Path sweeps over the sitting.
import { useCallback, useMemo } from 'react';
import { nameOf, type PathSweep } from '../engine/index.ts';
import { runOnNow } from '../session/asked.ts';
import type { PathRun } from '../session/state.ts';
import { METRICS } from '../views/sweep/metrics.ts';
import { PathBody } from '../views/sweep/PathBody.tsx';
import { candidatesOf } from './candidates.ts';
import { useSliceInTurn } from './inTurn.ts';
import type { PartProps } from './part.ts';
import { wantPair } from './wantPair.ts';

export function PathPlace({ session }: PartProps) {
  const state = useSliceInTurn(session, (all) => all); // whether paths are stale hangs on nearly all of it; drawn only while its tab is open
  const { shown, tokens, corruptedTokens, experiment, model, paths, pathsProblem, selectedPosition } = state;
  const config = model.status === 'ready' ? model.model.config : null;
  const candidates = useMemo(() => candidatesOf(shown), [shown]);
  const on = runOnNow(state);
  const isRunning = paths?.status === 'running';
  const isIdle = state.run.status === 'done';
  const prepare = useCallback((next: PathSweep) => isIdle && session.preparePaths(next), [session, isIdle]);
  const [nLayers, nHeads] = [config?.nLayers ?? 0, config?.nHeads ?? 0];
  const shape = useMemo(() => ({ nLayers, nHeads, nPos: 0 }), [nLayers, nHeads]);
  const groupOf = (kv: string) => (config && kv !== 'repeat' ? config.nHeads / config.nKeyValueHeads : 1);
  return (
    <PathBody
      {...{ tokens, corruptedTokens, candidates, shape }}
      asked={experiment.paths}
      position={selectedPosition}
      head={experiment.view}
      group={groupOf(on.spec.kv)}
      result={paths && paths.clean !== null ? resultOf(paths, paths.clean, groupOf(paths.on.spec.kv) > 1) : null}
      isStale={paths !== null && JSON.stringify([paths.asked, paths.on]) !== JSON.stringify([experiment.paths, on])}
      progress={isRunning ? { done: paths.cells.length, total: paths.total } : null}
      problem={pathsProblem}
      onPosition={(position) => session.selectPosition(position)}
      onNext={prepare}
      onRun={(wanted) => session.runPaths(wanted)}
      onCancel={() => session.cancelPaths()}
      onCorrupt={() => wantPair(session, experiment.prompt)}
      onChoose={(layer, head) => session.selectHead(layer, head)}
    />
  );
}

function resultOf({ asked, corrupted, cells, status }: PathRun, clean: number, hasKvHeads: boolean) {
  const metricName = METRICS.find(({ id }) => id === asked.metric.kind)?.label ?? asked.metric.kind;
  const receivers = asked.receivers.map((end) => nameOf(end, hasKvHeads)).join(', ');
  return { metricName, receivers, clean, corrupted, cells, isRunning: status === 'running' };
}
