// What the pointed-at or chosen head scores, in words, and the pinned heads.
import { IconButton } from '../controls/Button.tsx';
import type { Atlas } from '../data.ts';
import { type HeadAt, headName, keyValueHeadOf, MOST_PINS, sameHead } from './layout.ts';
import { formatScore, GRID_METRICS, scoreOf } from './metrics.ts';

type Props = {
  readonly at: HeadAt; // read out
  readonly selected: HeadAt;
  readonly atlas: Atlas;
  readonly nKeyValueHeads: number;
  readonly pins: readonly HeadAt[];
  readonly onPin: (head: HeadAt) => void;
  readonly onSelect: (layer: number, head: number) => void;
};

/** Reads a head out. */
export function HeadReadout({ at, selected, atlas, nKeyValueHeads, pins, onPin, onSelect }: Props) {
  const scores = GRID_METRICS.flatMap(({ id, word }) => {
    const score = scoreOf(id, at, atlas);
    return score === null || Number.isNaN(score)
      ? []
      : [`${word === 'delta' ? 'max |Δ|' : word} ${formatScore(id, score)}`];
  });
  const isPinned = pins.some((pin) => sameHead(pin, selected));
  return (
    <div className="heads-readout">
      <p>
        <strong>{headName(at)}</strong> kv {keyValueHeadOf(at.head, atlas.nHeads, nKeyValueHeads)}
        <span className="quiet"> · {scores.join(' · ')}</span>
      </p>
      <div className="heads-pins">
        {pins.map((pin) => (
          <button
            key={headName(pin)}
            type="button"
            className="heads-pin mono"
            aria-pressed={sameHead(pin, selected)}
            aria-label={`Pinned ${headName(pin)}`}
            onClick={() => onSelect(pin.layer, pin.head)}
          >
            {headName(pin)}
          </button>
        ))}
        <IconButton
          icon="pin"
          name={isPinned ? `Unpin ${headName(selected)}` : `Pin ${headName(selected)}`}
          onPress={() => onPin(selected)}
          disabled={!isPinned && pins.length >= MOST_PINS}
        />
      </div>
    </div>
  );
}
