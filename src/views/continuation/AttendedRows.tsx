// What one row attended to when its token was chosen: every head of the layer, over all tokens before it. A map and its table.
import { useCallback, useMemo } from 'react';
import type { PatternRow } from '../../engine/index.ts';
import type { ViewToken } from '../data.ts';
import { formatFigure, formatProbability } from '../format.ts';
import { Legend } from '../marks/Legend.tsx';
import { Raster, type RasterFrame } from '../marks/Raster.tsx';
import { drawCells } from '../marks/raster.ts';
import { useElementSize } from '../marks/useElementSize.ts';
import { type MapPaint, patternScale } from '../marks/valueScale.ts';
import { visibleToken } from '../tokenText.ts';
import type { WrittenToken } from './data.ts';

type Props = {
  readonly written: WrittenToken;
  readonly text: readonly ViewToken[]; // prompt and continuation up to the token, which it does not hold
  readonly layer: number; // looked at now: patterns of another are there after the next continuation
  readonly paint: MapPaint;
};

const ROW_HEIGHT = 14;
const MOST_KEYS = 3; // of the table

/** Shows the pattern row of a token. */
export function AttendedRows({ written, text, layer, paint }: Props) {
  const { token, position, probability, elapsedMs, pattern } = written;
  return (
    <section aria-label="The chosen token" className="attended">
      <p className="attended-caption">
        <span className="mono">{visibleToken(token)}</span>{' '}
        <span className="quiet">
          id {token.id}, position {position}, probability {formatProbability(probability)}, {formatFigure(elapsedMs, 2)}{' '}
          ms
        </span>
      </p>
      {pattern ? (
        <Rows pattern={pattern} text={text} paint={paint} />
      ) : (
        <p className="quiet">No pattern was kept with it.</p>
      )}
      {pattern && pattern.layer !== layer ? (
        <p className="quiet">Continue again to see layer {layer}, which is chosen now.</p>
      ) : null}
    </section>
  );
}

type RowsProps = Pick<Props, 'text' | 'paint'> & { readonly pattern: PatternRow };

function Rows({ pattern, text, paint }: RowsProps) {
  const { layer, values } = pattern;
  const nKeys = text.length;
  const nHeads = Math.round(values.length / nKeys);
  const [box, { width }] = useElementSize<HTMLDivElement>();
  const scale = useMemo(() => patternScale(paint), [paint]);
  const draw = useCallback(
    ({ pixels, widthPx, heightPx, ratio, ground }: RasterFrame) => {
      const gapPx = widthPx / nKeys > 8 ? Math.round(ratio) : 0;
      const plot = { pixels, widthPx, leftPx: 0, topPx: 0, spanPx: widthPx, heightPx, gapPx, ground };
      drawCells(plot, { rows: nHeads, columns: nKeys }, (head, key) =>
        scale.pixel(values[head * nKeys + key] ?? Number.NaN),
      );
    },
    [scale, values, nHeads, nKeys],
  );
  const heads = Array.from({ length: nHeads }, (_, head) => head);
  return (
    <>
      <div className="attended-map">
        <div className="attended-heads" aria-hidden="true">
          {heads.map((head) => (
            <span key={head} style={{ height: ROW_HEIGHT }}>
              H{head}
            </span>
          ))}
        </div>
        <div ref={box}>
          <Raster width={width} height={nHeads * ROW_HEIGHT} draw={draw} />
        </div>
      </div>
      <Legend scale={scale} textures={[]} />
      <table className="attended-table">
        <caption>Where the heads of layer {layer} looked, most first</caption>
        <tbody>
          {heads.map((head) => (
            <tr key={head}>
              <th scope="row">
                L{layer}H{head}
              </th>
              {strongestKeys(values.subarray(head * nKeys, (head + 1) * nKeys)).map(({ key, weight }) => (
                <td key={key}>
                  <span className="mono">{text[key] ? visibleToken(text[key]) : key}</span>{' '}
                  <span className="quiet">
                    {key}, {formatProbability(weight)}
                  </span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function strongestKeys(row: Float32Array): { key: number; weight: number }[] {
  return Array.from(row, (weight, key) => ({ key, weight }))
    .sort((one, other) => other.weight - one.weight)
    .slice(0, MOST_KEYS);
}
