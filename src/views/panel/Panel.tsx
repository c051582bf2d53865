// The frame of every panel: a title, what it says at a glance, `?`, maximise, and the states that all panels share.
import type { ReactNode } from 'react';
import { IconButton } from '../controls/Button.tsx';
import { Help } from '../controls/Dialogs.tsx';
import { MenuButton, type MenuEntry } from '../controls/Menus.tsx';
import type { PanelState } from '../data.ts';
import type { FigureFormat } from '../share/take.ts';
import './panel.css';

/** A figure of a panel, and what saves it. */
export type PanelFigure = { readonly name: string; readonly onSave: (format: FigureFormat) => void };

export type PanelFrame = {
  readonly isMaximised: boolean;
  readonly onMaximise: (() => void) | null; // null where there is nothing to win: the panel is a tab already
  readonly figures: readonly PanelFigure[]; // that it shows
};

type Props = {
  readonly id: string; // `g` and a letter goes to the element of this id
  readonly title: string;
  readonly aside?: ReactNode; // controls of the panel, at the right of its title
  readonly help: ReactNode;
  readonly state: PanelState;
  readonly frame: PanelFrame;
  readonly children: ReactNode;
};

/** Frames a panel. Loading and empty states take the content's place; a stale panel keeps its content, dimmed and marked. */
export function Panel({ id, title, aside, help, state, frame, children }: Props) {
  return (
    <section className="panel" id={id} tabIndex={-1} aria-label={title} data-maximised={frame.isMaximised || undefined}>
      <header className="panel-head">
        <h2 className="panel-title">{title}</h2>
        <PanelTools title={title} aside={aside} help={help} state={state} frame={frame} />
      </header>
      <PanelBody state={state}>{children}</PanelBody>
    </section>
  );
}

/** The right of a panel's head. */
export function PanelTools({ title, aside, help, state, frame }: Omit<Props, 'id' | 'children'>) {
  return (
    <>
      {state.kind === 'stale' ? <span className="panel-stale">earlier run</span> : null}
      <div className="panel-aside">{aside}</div>
      {frame.figures.length > 0 && (state.kind === 'ready' || state.kind === 'stale') ? (
        <MenuButton icon="save" name={`Save ${title} as a figure`} entries={figureEntries(frame.figures)} />
      ) : null}
      <Help subject={title}>{help}</Help>
      {frame.onMaximise ? (
        <IconButton
          icon={frame.isMaximised ? 'restore' : 'maximise'}
          name={frame.isMaximised ? `Restore ${title}` : `Maximise ${title}`}
          onPress={frame.onMaximise}
        />
      ) : null}
    </>
  );
}

const FORMATS = [
  { id: 'svg', label: 'SVG', note: 'lines and text stay sharp and can be edited' },
  { id: 'png', label: 'PNG', note: 'for slides and notes, at twice the size' },
] as const;

/** The menu's entries: the formats, of each figure by name where there are several. */
function figureEntries(figures: readonly PanelFigure[]): readonly MenuEntry[] {
  const isOne = figures.length === 1;
  return figures.flatMap(({ name, onSave }) =>
    FORMATS.map(({ id, label, note }) => ({
      id: `${name} ${id}`,
      label: isOne ? label : `${name}, ${label}`,
      note: isOne ? note : null,
      run: () => onSave(id),
    })),
  );
}

/** What scrolls beneath a panel's head. */
export function PanelBody({ state, children }: Pick<Props, 'state' | 'children'>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key
    <div className="panel-body" data-state={state.kind} tabIndex={0}>
      <Body state={state}>{children}</Body>
    </div>
  );
}

function Body({ state, children }: Pick<Props, 'state' | 'children'>) {
  switch (state.kind) {
    case 'ready':
    case 'stale':
      return children;
    case 'loading':
      return (
        <div className="panel-skeleton">
          <span className="visually-hidden">{state.what}</span>
        </div>
      );
    case 'empty':
      return <p className="panel-message">{state.what}</p>;
    case 'error':
      return <p className="panel-message">{state.message}</p>;
    default:
      return state satisfies never;
  }
}
