// The tabs of a narrow window, and which panels stand in each.

export const TABS = [
  { id: 'setup', label: 'Setup' },
  { id: 'ladder', label: 'Divergence' },
  { id: 'heads', label: 'Heads' },
  { id: 'outputs', label: 'Outputs' },
  { id: 'inspector', label: 'Inspector' },
] as const;

export type Tab = (typeof TABS)[number]['id'];

const TAB_OF: Readonly<Record<string, Tab>> = {
  'panel-ladder': 'ladder',
  'panel-heads': 'heads',
  'panel-pattern': 'heads',
  'panel-outputs': 'outputs',
  'panel-profile': 'outputs',
  'panel-inspector': 'inspector',
};

/** Names the tab in which a panel stands. */
export function tabOf(panelId: string): Tab {
  return TAB_OF[panelId] ?? 'setup';
}
