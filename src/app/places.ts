// Where each panel stands: its tab in a narrow window, its tab in the drawer, and the letter that `g` goes to it by.

export const NARROW_TABS = [
  { id: 'setup', label: 'Setup' },
  { id: 'ladder', label: 'Divergence' },
  { id: 'heads', label: 'Heads' },
  { id: 'outputs', label: 'Outputs' },
  { id: 'inspector', label: 'Inspector' },
] as const;

/** In a window of middle width the left column alone has tabs: it holds one of these. */
export const MIDDLE_TABS = [NARROW_TABS[0], NARROW_TABS[4]] as const;

export const DRAWER_TABS = [
  { id: 'outputs', label: 'Outputs' },
  { id: 'table', label: 'Table' },
  { id: 'reading', label: 'Reading' },
  { id: 'sweep', label: 'Sweep' },
  { id: 'continuation', label: 'Continuation' },
  { id: 'log', label: 'Log' },
  { id: 'profile', label: 'Profile' },
] as const;

export type NarrowTab = (typeof NARROW_TABS)[number]['id'];
export type DrawerTab = (typeof DRAWER_TABS)[number]['id'];

export const PANELS = [
  { id: 'panel-model', name: 'Model', letter: 'm', narrow: 'setup' },
  { id: 'panel-prompt', name: 'Prompt', letter: 'p', narrow: 'setup' },
  { id: 'panel-runs', name: 'Runs', letter: 'r', narrow: 'setup' },
  { id: 'panel-interventions', name: 'Interventions', letter: 'n', narrow: 'setup' },
  { id: 'panel-ladder', name: 'Divergence', letter: 'd', narrow: 'ladder' },
  { id: 'panel-heads', name: 'Heads', letter: 'h', narrow: 'heads' },
  { id: 'panel-pattern', name: 'Pattern', letter: 'a', narrow: 'heads' },
  { id: 'panel-inspector', name: 'Inspector', letter: 'i', narrow: 'inspector' },
  { id: 'panel-outputs', name: 'Outputs', letter: 'o', narrow: 'outputs', drawer: 'outputs' },
  { id: 'panel-table', name: 'Table', letter: 't', narrow: 'outputs', drawer: 'table' },
  { id: 'panel-reading', name: 'Reading', letter: 'e', narrow: 'outputs', drawer: 'reading' },
  { id: 'panel-sweep', name: 'Sweep', letter: 'w', narrow: 'outputs', drawer: 'sweep' },
  { id: 'panel-continuation', name: 'Continuation', letter: 'c', narrow: 'outputs', drawer: 'continuation' },
  { id: 'panel-log', name: 'Log', letter: 'l', narrow: 'outputs', drawer: 'log' },
  { id: 'panel-profile', name: 'Profile', letter: 'f', narrow: 'outputs', drawer: 'profile' },
] as const satisfies readonly {
  id: string;
  name: string;
  letter: string;
  narrow: NarrowTab;
  drawer?: DrawerTab;
}[];

/** The tabs to choose so that a panel is in sight. */
export function placeOf(panelId: string): { readonly narrowTab?: NarrowTab; readonly drawerTab?: DrawerTab } {
  const panel = PANELS.find(({ id }) => id === panelId);
  if (!panel) return {};
  return { narrowTab: panel.narrow, ...('drawer' in panel ? { drawerTab: panel.drawer } : {}) };
}
