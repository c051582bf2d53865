// What every part of the workbench is given.
import type { Session } from '../session/session.ts';
import type { SessionState } from '../session/state.ts';
import type { PanelFrame } from '../views/panel/Panel.tsx';
import type { UiStore } from './ui.ts';

export type PartProps = {
  readonly session: Session;
  readonly state: SessionState;
  readonly ui: UiStore;
  readonly isNarrow: boolean;
  readonly frameOf: (panelId: string) => PanelFrame;
};
