// The chosen head: pattern, scores or value-weighted pattern, of A, of B, of their difference, or A and B at once, with both tokens at the
// crosshair.
import { useEffect, useMemo, useState } from 'react';
import { hasValues, type PatternShow, type PatternSide } from '../../engine/index.ts';
import { Choice } from '../controls/Choice.tsx';
import { SelectField } from '../controls/SelectField.tsx';
import { Toggles } from '../controls/Toggles.tsx';
import type { HeadPair, PanelState, ViewToken } from '../data.ts';
import { Legend } from '../marks/Legend.tsx';
import type { MapPaint } from '../marks/valueScale.ts';
import { Panel, type PanelFrame } from '../panel/Panel.tsx';
import type { PaintHead } from './CellsCanvas.tsx';
import { Crosshair } from './Crosshair.tsx';
import { type Cell, cellsOf, mapSides, possibleSide, texturesOf } from './cells.ts';
import { AXIS } from './PatternMap.tsx';
import './pattern.css';
import { PatternStage } from './PatternStage.tsx';
import { StrongestCells } from './StrongestCells.tsx';
import { TokenStrip } from './TokenStrip.tsx';

type Props = {
  readonly layer: number;
  readonly head: number;
  readonly pair: HeadPair | null;
  readonly tokens: readonly ViewToken[];
  readonly show: PatternShow;
  readonly side: PatternSide;
  readonly atol: number;
  readonly locked: Cell | null;
  readonly paint: MapPaint;
  readonly onPaint: (paint: Partial<MapPaint>) => void;
  readonly onShow: (show: PatternShow) => void;
  readonly onSide: (side: PatternSide) => void;
  readonly onLock: (cell: Cell | null) => void;
  readonly paintHead: PaintHead;
  readonly onReadValues: () => void; // of a long prompt's head, which stayed on the GPU
  readonly state: PanelState;
  readonly frame: PanelFrame;
};

/** Shows one head's matrix. */
export function PatternPanel(props: Props) {
  const { layer, head, pair, tokens, show, onShow, onSide, state, frame } = props;
  const side = pair ? possibleSide(pair, props.side) : props.side;
  const title = `L${layer}H${head}`;
  const aside = (
    <>
      <SelectField name="What is shown of the head" nameHidden options={SHOWS} value={show} onChange={onShow} />
      <Choice
        name="Which run"
        options={SIDES.map((option) => ({ ...option, disabled: !pair || possibleSide(pair, option.id) !== option.id }))}
        value={side}
        onChange={onSide}
      />
    </>
  );
  return (
    <Panel
      id="panel-pattern"
      title={`Pattern ${title}`}
      aside={aside}
      help={<PatternHelp />}
      state={state}
      frame={frame}
    >
      {pair && tokens.length === pair.nPos ? <PatternBody {...props} pair={pair} side={side} title={title} /> : null}
    </Panel>
  );
}

type BodyProps = Omit<Props, 'pair'> & {
  readonly pair: HeadPair;
  readonly title: string;
};

/** What hovering draws anew: the maps and what is said of the cell, not the panel's controls. */
function PatternBody(props: BodyProps) {
  const { pair, tokens, show, side, atol, paint, onPaint, locked, title, onLock, paintHead, onReadValues } = props;
  const [hovered, onHover] = useState<Cell | null>(null);
  const maps = useMemo(
    () => mapSides(side).flatMap((each) => cellsOf(pair, { show, side: each, atol, paint }) ?? []),
    [pair, show, side, atol, paint],
  );
  const cell = inPrompt(locked, pair.nPos) ?? inPrompt(hovered, pair.nPos);
  const isRead = hasValues(pair);
  const isAsked = cell !== null && !isRead; // the crosshair tells values
  useEffect(() => {
    if (isAsked) onReadValues();
  }, [isAsked, onReadValues]);
  const [first, second] = maps;
  if (!first) return <p className="panel-message">These captures hold no such matrix of this head.</p>;
  const hasRoom = props.frame.isMaximised && !second; // beside the map, for the table
  const strongest = <StrongestCells {...{ tokens, onLock, onReadValues }} cells={first} isOpen={hasRoom && isRead} />;
  const isDifference = side === 'delta' || side === 'absDelta';
  return (
    <div className="pattern" style={{ '--map-axis': `${AXIS}px` }}>
      <div className="pattern-main" data-maps={side === 'beside' ? 2 : 1}>
        <PatternStage
          {...{ title, tokens, cell, onHover, onLock, paintHead, onReadValues }}
          maps={second ? [first, second] : [first]}
          isSwipe={side === 'swipe'}
          isLocked={locked !== null}
        />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls, in a low window, must be reachable by key */}
        <div className="pattern-notes" tabIndex={0}>
          <Crosshair pair={pair} tokens={tokens} cell={cell} isLocked={locked !== null} />
          <Legend scale={first.scale} textures={texturesOf(first)} />
          {isDifference ? null : <PaintField {...{ show, paint, onPaint }} />}
          {hasRoom ? strongest : null}
        </div>
      </div>
      <TokenStrip {...{ tokens, cell, onHover, onLock }} cells={first} />
      {hasRoom ? null : strongest}
    </div>
  );
}

/** How a map of one run is painted; scores are fitted always. */
function PaintField({ show, paint, onPaint }: Pick<BodyProps, 'show' | 'paint' | 'onPaint'>) {
  const values = [...(paint.isFit ? ['fit' as const] : []), ...(paint.isCividis ? ['cividis' as const] : [])];
  return (
    <Toggles
      name="Colours of the map"
      options={PAINTS.filter(({ id }) => id !== 'fit' || show === 'pattern')}
      values={values}
      onChange={(wanted) =>
        onPaint({
          isCividis: wanted.includes('cividis'),
          isFit: show === 'pattern' ? wanted.includes('fit') : paint.isFit,
        })
      }
    />
  );
}

const PAINTS = [
  { id: 'fit', label: 'fit' },
  { id: 'cividis', label: 'cividis' },
] as const;

/** A cell of an earlier, longer prompt is none. */
function inPrompt(cell: Cell | null, nPos: number): Cell | null {
  return cell && Math.max(...cell) < nPos ? cell : null;
}

const SHOWS = [
  { id: 'pattern', label: 'pattern', note: 'how the query shares its attention; a row sums to 1' },
  { id: 'scores', label: 'scores', note: 'before the softmax, scaled and masked' },
  { id: 'weighted', label: 'value-weighted', note: "the pattern times the length of each key's value vector" },
] as const;

const SIDES = [
  { id: 'a', label: 'A', tone: 'a' },
  { id: 'b', label: 'B', tone: 'b' },
  { id: 'delta', label: 'Δ' },
  { id: 'absDelta', label: '|Δ|' },
  { id: 'beside', label: 'A B' },
  { id: 'swipe', label: 'swipe' },
] as const;

function PatternHelp() {
  return (
    <>
      <p>
        Rows are queries, columns are keys: how much the row's token attends to the column's. Masked keys are hatched.
        Where there are more cells than pixels, each shows the largest magnitude beneath it, never the mean.
      </p>
      <p>
        Colours span 0 to 1, so that heads can be compared; <strong>fit</strong> spans them to this head's largest cell
        after the first row, and the legend says so. <strong>cividis</strong> reads alike with any colour vision. An
        attention of exactly 0 is dotted.
      </p>
      <p>
        A click locks the crosshair, a drag zooms, the wheel moves what is zoomed and with <kbd>Ctrl</kbd> zooms; the
        small map in the corner can be dragged.
      </p>
      <p>
        On the map, arrow keys move the crosshair by 1, with Shift by 10; <kbd>t</kbd> goes to the largest cell,{' '}
        <kbd>+</kbd> and <kbd>−</kbd> zoom, <kbd>0</kbd> shows the whole, <kbd>Esc</kbd> frees the crosshair.
      </p>
    </>
  );
}
