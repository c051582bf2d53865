// The head grid: layers down, heads across, a thumbnail or a score in each cell; brackets join the heads that share a KV head.
import { useState } from 'react';
import { Choice } from '../controls/Choice.tsx';
import type { Atlas, PanelState } from '../data.ts';
import { formatFigure } from '../format.ts';
import { Legend } from '../marks/Legend.tsx';
import { useElementSize } from '../marks/useElementSize.ts';
import { magnitudeScale, patternScale, type ValueScale } from '../marks/valueScale.ts';
import { Panel, type PanelFrame } from '../panel/Panel.tsx';
import { AtlasCanvas } from './AtlasCanvas.tsx';
import { HeadCells } from './HeadCells.tsx';
import './headGrid.css';
import { cellSide, type HeadAt, headName, keyValueHeadOf } from './layout.ts';

type GridMode = 'pattern' | 'delta';

type Props = {
  readonly atlas: Atlas | null;
  readonly side: 'a' | 'b'; // whose patterns the thumbnails are
  readonly nKeyValueHeads: number;
  readonly atol: number;
  readonly selected: HeadAt;
  readonly onSelect: (layer: number, head: number) => void;
  readonly state: PanelState;
  readonly frame: PanelFrame;
};

const LABELS = { left: 26, top: 36 } as const;

/** Shows every head of the model at once. */
export function HeadGrid({ atlas, side, nKeyValueHeads, atol, selected, onSelect, state, frame }: Props) {
  const [wanted, setMode] = useState<GridMode>('pattern');
  const [hovered, setHovered] = useState<HeadAt | null>(null);
  const deltas = atlas?.maxAbsDelta ?? null;
  const mode = deltas ? wanted : 'pattern';
  const scale = mode === 'pattern' ? patternScale() : deltaScale(deltas ?? [], atol);
  const aside = (
    <Choice
      name="What a cell of the head grid shows"
      options={[
        { id: 'pattern', label: `Pattern ${side.toUpperCase()}` },
        { id: 'delta', label: 'max |Δ|', disabled: deltas === null },
      ]}
      value={mode}
      onChange={setMode}
    />
  );
  return (
    <Panel id="panel-heads" title="Heads" aside={aside} help={<HeadGridHelp />} state={state} frame={frame}>
      {atlas ? (
        <div className="heads">
          <Grid {...{ atlas, mode, scale, nKeyValueHeads, selected, hovered, onSelect }} onHover={setHovered} />
          <p className="heads-readout">{describe(hovered ?? selected, atlas, nKeyValueHeads)}</p>
          <Legend scale={scale} textures={mode === 'pattern' ? ['masked'] : ['zero']} />
        </div>
      ) : null}
    </Panel>
  );
}

type GridProps = {
  readonly atlas: Atlas;
  readonly mode: GridMode;
  readonly scale: ValueScale;
  readonly nKeyValueHeads: number;
  readonly selected: HeadAt;
  readonly hovered: HeadAt | null;
  readonly onSelect: (layer: number, head: number) => void;
  readonly onHover: (head: HeadAt | null) => void;
};

function Grid(props: GridProps) {
  const { atlas, mode, scale, nKeyValueHeads, selected, hovered, onSelect, onHover } = props;
  const [box, room] = useElementSize<HTMLDivElement>();
  const { nLayers, nHeads } = atlas;
  const cell = cellSide({ width: room.width - LABELS.left - 4, height: room.height - LABELS.top - 4 }, nLayers, nHeads);
  return (
    <div className="heads-scroll" ref={box}>
      {room.width > 0 ? (
        <div
          className="heads-sheet"
          style={{ width: LABELS.left + cell * nHeads, height: LABELS.top + cell * nLayers, '--cell': `${cell}px` }}
        >
          <Brackets nHeads={nHeads} nKeyValueHeads={nKeyValueHeads} cell={cell} />
          <div className="heads-canvas" style={{ left: LABELS.left, top: LABELS.top }}>
            <AtlasCanvas atlas={atlas} scale={scale} cell={cell} show={mode} />
          </div>
          <HeadCells
            {...{ atlas, nKeyValueHeads, cell, selected, hovered, onSelect, onHover }}
            origin={LABELS}
            showScore={mode === 'delta'}
          />
        </div>
      ) : null}
    </div>
  );
}

function Brackets({ nHeads, nKeyValueHeads, cell }: { nHeads: number; nKeyValueHeads: number; cell: number }) {
  const span = (nHeads / nKeyValueHeads) * cell;
  return (
    <div aria-hidden="true">
      {Array.from({ length: nKeyValueHeads }, (_, group) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a KV head is its index
        <span key={group} className="heads-bracket" style={{ left: LABELS.left + group * span + 2, width: span - 4 }}>
          {span > 34 ? <span>kv {group}</span> : null}
        </span>
      ))}
      {Array.from({ length: nHeads }, (_, head) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a head is its index
        <span key={head} className="heads-label" style={{ left: LABELS.left + head * cell, width: cell }}>
          {head}
        </span>
      ))}
    </div>
  );
}

function deltaScale(deltas: readonly number[], atol: number): ValueScale {
  const positive = deltas.filter((delta) => delta > 0);
  return magnitudeScale(positive.length > 0 ? Math.min(...positive) : 0, Math.max(0, ...deltas), atol);
}

function describe(at: HeadAt, atlas: Atlas, nKeyValueHeads: number): string {
  const delta = atlas.maxAbsDelta?.[at.layer * atlas.nHeads + at.head];
  const group = keyValueHeadOf(at.head, atlas.nHeads, nKeyValueHeads);
  const difference =
    delta === undefined ? '' : delta === 0 ? ' · B = A to the bit' : ` · max |Δ| ${formatFigure(delta)}`;
  return `${headName(at)} · reads kv head ${group}${difference}`;
}

function HeadGridHelp() {
  return (
    <>
      <p>
        Each cell is one attention head: <strong>rows are queries, columns are keys</strong>, colour is the pattern from
        0 to 1. Brackets join the query heads that read the same key/value head.
      </p>
      <p>
        max |Δ| shows the largest difference of the pattern between the two runs. Arrow keys move, <kbd>Enter</kbd>{' '}
        opens a head.
      </p>
    </>
  );
}
