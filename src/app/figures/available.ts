// Which figures there are now. Kept apart from drawing them: a dialog that offers them need not load what draws.
import type { SessionState } from '../../session/state.ts';
import { FIGURES, type Figure } from '../../views/share/take.ts';

type Looked = Pick<SessionState, 'shown' | 'reading' | 'circuits' | 'sweep' | 'paths' | 'continuation'>;

/** Lists the figures that can be saved, in the order of the page. */
export function availableFigures(state: Looked): readonly Figure[] {
  const { shown, reading, circuits, sweep, paths, continuation } = state;
  if (!shown) return [];
  const difference = (shown.inspection?.difference ?? null) !== null;
  const isThere: Readonly<Record<Figure, boolean>> = {
    ladder: shown.ladder.length > 0,
    amplification: shown.amplification.value !== null,
    heads: true,
    pattern: shown.heads !== null,
    histogram: shown.inspection !== null,
    errors: difference,
    ulps: difference,
    nextTokens: shown.outputs !== null,
    trends: shown.predictions !== null,
    attribution: reading.value !== null,
    lens: reading.value !== null,
    circuits: circuits.value !== null,
    sweep: (sweep?.clean ?? null) !== null,
    paths: (paths?.clean ?? null) !== null,
    continuation: continuation !== null,
  };
  return FIGURES.map(({ id }) => id).filter((id) => isThere[id]);
}
