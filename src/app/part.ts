// What every part of the workbench is given. The state is not in it: each part reads the slice it shows (`useSlice`).
import type { Session } from '../session/session.ts';
import type { UiStore } from './ui.ts';

export type PartProps = {
  readonly session: Session;
  readonly ui: UiStore;
  readonly isNarrow: boolean;
};
