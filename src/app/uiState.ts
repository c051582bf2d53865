// What is open and where the reader stands, as plain data: `ui.ts` holds it, `uiMemory.ts` keeps it through a reload.
import type { RankBy } from '../engine/index.ts';
import type { DifferenceId } from '../views/amplification/differences.ts';
import type { HeadAt } from '../views/headGrid/layout.ts';
import type { GridMetric } from '../views/headGrid/metrics.ts';
import type { LadderShows } from '../views/ladder/DivergenceLadder.tsx';
import type { DrawerTab, NarrowTab } from './places.ts';

export type Ui = {
  readonly dialog: 'none' | 'keys' | 'share' | 'palette' | 'verify' | 'cases';
  readonly query: string; // of the palette: typed into it, or after Ctrl+K before it was there
  readonly narrowTab: NarrowTab;
  readonly drawerTab: DrawerTab;
  readonly maximised: string | null; // the id of a panel
  readonly ladderShows: LadderShows;
  readonly difference: DifferenceId | null; // whose amplification is shown; null: the runs' own where there is one
  readonly rankBy: RankBy; // of the Table
  readonly swept: 'edits' | 'paths'; // what the Sweep shows
  readonly scoredOn: 'prompt' | 'repeated'; // what the head grid's scores are of
  readonly headMetric: GridMetric; // what a cell of the head grid shows
  readonly pins: readonly HeadAt[]; // heads kept at hand, at most eight
};
