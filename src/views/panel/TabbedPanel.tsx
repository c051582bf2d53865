// A panel that holds several, one at a time: its tabs stand where another panel has its title.
import type { ReactNode } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components/Tabs';
import type { PanelState } from '../data.ts';
import { PanelBody, type PanelFrame, PanelTools } from './Panel.tsx';
import './panel.css';

type Props<T extends string> = {
  readonly name: string; // of the tabs together
  readonly tabs: readonly { readonly id: T; readonly label: string }[];
  readonly tab: T;
  readonly onTab: (tab: T) => void;
  readonly help: ReactNode;
  readonly state: PanelState;
  readonly frame: PanelFrame;
  readonly children: ReactNode;
};

/** Frames the chosen tab's content; the panel's id is `panel-` and the tab's. */
export function TabbedPanel<T extends string>(props: Props<T>) {
  const { name, tabs, tab, onTab, help, state, frame, children } = props;
  const title = tabs.find(({ id }) => id === tab)?.label ?? '';
  return (
    <section
      className="panel"
      id={`panel-${tab}`}
      tabIndex={-1}
      aria-label={title}
      data-maximised={frame.isMaximised || undefined}
    >
      <Tabs
        className="panel-tabs"
        selectedKey={tab}
        onSelectionChange={(key) => {
          const chosen = tabs.find(({ id }) => id === key);
          if (chosen) onTab(chosen.id);
        }}
      >
        <header className="panel-head">
          <TabList className="tab-list" aria-label={name}>
            {tabs.map(({ id, label }) => (
              <Tab key={id} id={id} className="tab">
                {label}
              </Tab>
            ))}
          </TabList>
          <PanelTools title={title} help={help} state={state} frame={frame} />
        </header>
        <TabPanel key={tab} id={tab} className="tab-panel">
          <PanelBody state={state}>{children}</PanelBody>
        </TabPanel>
      </Tabs>
    </section>
  );
}
