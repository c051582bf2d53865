// The head grid: layers down, heads across, a thumbnail or a score in each cell; brackets join the heads that share a KV head.
import { useMemo, useState } from 'react';
import { Choice } from '../controls/Choice.tsx';
import { SelectField } from '../controls/SelectField.tsx';
import { TextInput } from '../controls/TextInput.tsx';
import type { Atlas, PanelState } from '../data.ts';
import { Legend } from '../marks/Legend.tsx';
import type { MapPaint } from '../marks/valueScale.ts';
import { Panel, type PanelFrame } from '../panel/Panel.tsx';
import { parseFilter } from './filter.ts';
import { HeadReadout } from './HeadReadout.tsx';
import { HeadSheet } from './HeadSheet.tsx';
import './headGrid.css';
import { arrange, type HeadAt } from './layout.ts';
import {
  GRID_METRICS,
  type GridMetric,
  gridMetric,
  isOfOneRun,
  isScore,
  rankOf,
  scaleOf,
  texturesOf,
  whyNotShown,
} from './metrics.ts';

type Props = {
  readonly atlas: Atlas | null;
  readonly side: 'a' | 'b'; // whose patterns and scores these are
  readonly scoredOn: 'prompt' | 'repeated'; // repeated random tokens, chosen in the Reading
  readonly nKeyValueHeads: number;
  readonly metric: GridMetric; // wanted
  readonly onMetric: (metric: GridMetric) => void;
  readonly atol: number;
  readonly paint: MapPaint;
  readonly selected: HeadAt;
  readonly onSelect: (layer: number, head: number) => void;
  readonly pins: readonly HeadAt[];
  readonly onPin: (head: HeadAt) => void; // pins, or frees what is pinned
  readonly state: PanelState;
  readonly frame: PanelFrame;
};

/** Shows every head of the model at once. */
export function HeadGrid(props: Props) {
  const { atlas, side, onMetric, state, frame } = props;
  const metric = gridMetric(props.metric, atlas);
  const aside = (
    <SelectField
      name="What a cell of the head grid shows"
      nameHidden
      options={GRID_METRICS.map(({ id, label, note }) => ({
        id,
        label: isOfOneRun(id) ? `${label} ${side.toUpperCase()}` : label,
        note: whyNotShown(id, atlas) ?? noteOf(id, note, props),
        disabled: whyNotShown(id, atlas) !== null,
      }))}
      value={metric}
      onChange={onMetric}
    />
  );
  return (
    <Panel id="panel-heads" title="Heads" aside={aside} help={<HeadGridHelp />} state={state} frame={frame}>
      {atlas ? <Heads {...props} atlas={atlas} metric={metric} /> : null}
    </Panel>
  );
}

function noteOf(id: GridMetric, note: string, { atlas, scoredOn }: Pick<Props, 'atlas' | 'scoredOn'>): string {
  if (id === 'effect' && atlas?.effect)
    return `${note}: ${atlas.effect.metric}, edited at ${atlas.effect.sites.join(', ')}`;
  return scoredOn === 'repeated' && isScore(id) ? `${note}, on repeated random tokens` : note;
}

type HeadsProps = Omit<Props, 'atlas'> & { readonly atlas: Atlas };

function Heads(props: HeadsProps) {
  const { atlas, metric, atol, paint, nKeyValueHeads, selected, onSelect, pins, onPin } = props;
  const [hovered, setHovered] = useState<HeadAt | null>(null);
  const [text, setText] = useState('');
  const [order, setOrder] = useState<'layer' | 'score'>('layer');
  const filter = useMemo(() => parseFilter(text), [text]);
  const isRanked = order === 'score' && metric !== 'pattern';
  const matches = useMemo(
    () => (at: HeadAt) => filter.kind === 'problem' || filter.matches(at, { atlas, nKeyValueHeads, metric }),
    [filter, atlas, nKeyValueHeads, metric],
  );
  const rows = useMemo(
    () => arrange(atlas, isRanked ? { scoreOf: (at) => rankOf(metric, at, atlas), matches } : null),
    [atlas, isRanked, metric, matches],
  );
  const scale = useMemo(() => scaleOf(metric, atlas, { atol, paint }), [metric, atlas, atol, paint]);
  const textures = useMemo(() => texturesOf(metric, atlas), [metric, atlas]);
  return (
    <div className="heads">
      <div className="heads-tools">
        <TextInput
          name="Filter of the heads"
          nameHidden
          placeholder="L1H7, kv:1, …"
          value={text}
          onChange={setText}
          problem={filter.kind === 'problem' ? filter.message : null}
        />
        <Choice
          name="Order of the heads"
          options={[
            { id: 'layer', label: 'by layer' },
            { id: 'score', label: 'best first', disabled: metric === 'pattern' },
          ]}
          value={isRanked ? 'score' : 'layer'}
          onChange={setOrder}
        />
      </div>
      <HeadSheet
        {...{ atlas, rows, isRanked, metric, scale, matches, nKeyValueHeads, selected, hovered, onSelect, onPin }}
        onHover={setHovered}
      />
      <HeadReadout {...{ atlas, nKeyValueHeads, pins, onPin, onSelect, selected }} at={hovered ?? selected} />
      <Legend scale={scale} textures={textures} />
    </div>
  );
}

function HeadGridHelp() {
  return (
    <>
      <p>
        Each cell is one attention head: <strong>rows are queries, columns are keys</strong>, colour is the pattern from
        0 to 1; or one score of it. Brackets join the query heads that read the same key/value head.
      </p>
      <p>
        Filter by head, layer, group or score: <code>L1H7</code>, <code>L1</code>, <code>kv:1</code>,{' '}
        <code>metric&gt;1e-6</code>, <code>induction&gt;0.4</code>; terms side by side must all hold.
      </p>
      <p>
        <strong>Effect</strong> is what the Sweep's edits of a head did to its metric, the strongest of them, with its
        sign; of a kv head's input, the effect is that of its group.
      </p>
      <p>
        Arrow keys move, <kbd>Enter</kbd> opens a head, <kbd>p</kbd> pins it: up to eight.
      </p>
    </>
  );
}
