// The chosen head: pattern or scores, of A, of B, or their difference, with both tokens at the crosshair.
import { useMemo, useState } from 'react';
import type { PatternShow, PatternSide } from '../../engine/index.ts';
import { Choice } from '../controls/Choice.tsx';
import type { Matrix, PanelState, ViewToken } from '../data.ts';
import { Legend } from '../marks/Legend.tsx';
import { Panel, type PanelFrame } from '../panel/Panel.tsx';
import { Crosshair } from './Crosshair.tsx';
import { type Cell, cellsOf, type HeadPair } from './cells.ts';
import './pattern.css';
import { PatternMap } from './PatternMap.tsx';
import { StrongestCells } from './StrongestCells.tsx';

type Props = {
  readonly layer: number;
  readonly head: number;
  readonly a: Matrix | null;
  readonly b: Matrix | null;
  readonly tokens: readonly ViewToken[];
  readonly show: PatternShow;
  readonly side: PatternSide;
  readonly atol: number;
  readonly locked: Cell | null;
  readonly onShow: (show: PatternShow) => void;
  readonly onSide: (side: PatternSide) => void;
  readonly onLock: (cell: Cell | null) => void;
  readonly state: PanelState;
  readonly frame: PanelFrame;
};

/** Shows one head's matrix. */
export function PatternPanel(props: Props) {
  const { layer, head, a, b, tokens, show, atol, locked, onShow, onSide, onLock, state, frame } = props;
  const [hovered, setHovered] = useState<Cell | null>(null);
  const both = a !== null && b !== null;
  const side = both ? props.side : a ? 'a' : 'b';
  const pair = useMemo((): HeadPair | null => (a || b ? { a, b, nPos: (a ?? b)?.nPos ?? 0 } : null), [a, b]);
  const aside = (
    <>
      <Choice name="What is shown of the head" options={SHOWS} value={show} onChange={onShow} />
      <Choice
        name="Which run"
        options={SIDES.map((option) => ({
          ...option,
          disabled: option.id === 'a' ? !a : option.id === 'b' ? !b : !both,
        }))}
        value={side}
        onChange={onSide}
      />
    </>
  );
  const title = `L${layer}H${head}`;
  return (
    <Panel
      id="panel-pattern"
      title={`Pattern ${title}`}
      aside={aside}
      help={<PatternHelp />}
      state={state}
      frame={frame}
    >
      {pair && tokens.length === pair.nPos ? (
        <PatternBody
          {...{ pair, tokens, show, side, atol, locked, hovered, title }}
          onHover={setHovered}
          onLock={onLock}
        />
      ) : null}
    </Panel>
  );
}

type BodyProps = {
  readonly pair: HeadPair;
  readonly tokens: readonly ViewToken[];
  readonly show: PatternShow;
  readonly side: PatternSide;
  readonly atol: number;
  readonly locked: Cell | null;
  readonly hovered: Cell | null;
  readonly title: string;
  readonly onHover: (cell: Cell | null) => void;
  readonly onLock: (cell: Cell | null) => void;
};

function PatternBody({ pair, tokens, show, side, atol, locked, hovered, title, onHover, onLock }: BodyProps) {
  const cells = useMemo(() => cellsOf(pair, show, side, atol), [pair, show, side, atol]);
  const cell = locked ?? hovered;
  return (
    <div className="pattern">
      <PatternMap {...{ cells, tokens, cell, title }} isLocked={locked !== null} onHover={onHover} onLock={onLock} />
      <Crosshair pair={pair} tokens={tokens} cell={cell} isLocked={locked !== null} />
      <Legend
        scale={cells.scale}
        textures={side === 'delta' || side === 'absDelta' ? ['masked', 'zero'] : ['masked']}
      />
      <StrongestCells cells={cells} tokens={tokens} onLock={onLock} />
    </div>
  );
}

const SHOWS = [
  { id: 'pattern', label: 'pattern' },
  { id: 'scores', label: 'scores' },
] as const;

const SIDES = [
  { id: 'a', label: 'A', tone: 'a' },
  { id: 'b', label: 'B', tone: 'b' },
  { id: 'delta', label: 'Δ' },
  { id: 'absDelta', label: '|Δ|' },
] as const;

function PatternHelp() {
  return (
    <>
      <p>
        Rows are queries, columns are keys: how much the row's token attends to the column's. Masked keys are hatched.
      </p>
      <p>
        Click locks the crosshair. On the map, arrow keys move it by 1, with Shift by 10; <kbd>t</kbd> goes to the
        largest cell.
      </p>
    </>
  );
}
