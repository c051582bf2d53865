// A colour scale as the reader needs it: ramp, ticks with values, where zero is, where the tolerance is, and what the textures mean.
import { cssOf, gradient } from './colour.ts';
import './legend.css';
import { TEXTURES, type Texture } from './textures.ts';
import { type LegendTick, tickLabel, type ValueScale } from './valueScale.ts';

/** Draws the legend of a value scale. */
export function Legend({ scale, textures }: { scale: ValueScale; textures: readonly Texture[] }) {
  return (
    <div className="legend">
      <span className="legend-title">
        {scale.title}
        {scale.note ? <span className="quiet"> · {scale.note}</span> : null}
      </span>
      <span className="legend-ramp" style={{ backgroundImage: gradient(scale.colours) }}>
        {scale.ticks.map((tick) => (
          <Tick key={`${tick.role}${tick.value}`} tick={tick} label={tickLabel(scale, tick)} />
        ))}
      </span>
      {textures.map((texture) => (
        <span key={texture} className="legend-texture">
          <span
            className={`legend-swatch legend-${TEXTURES[texture].swatch}`}
            style={{ '--floor': cssOf(scale.colours[0] ?? 0) }}
          />
          {TEXTURES[texture].words}
        </span>
      ))}
    </div>
  );
}

function Tick({ tick, label }: { tick: LegendTick; label: string }) {
  const edge = tick.at < 0.06 ? 'start' : tick.at > 0.94 ? 'end' : 'middle';
  return (
    <span className="legend-tick" data-role={tick.role} data-edge={edge} style={{ left: `${tick.at * 100}%` }}>
      <span>{label}</span>
    </span>
  );
}
