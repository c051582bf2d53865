// How much each block multiplies a difference that enters it: the finding in words, the curve, and the same as a table.
import {
  type Amplification,
  amplificationDetail,
  amplificationWords,
  type BlockAmplification,
  blockHook,
  factorsOf,
  type HookName,
  strongestBlock,
} from '../../engine/index.ts';
import { Choice } from '../controls/Choice.tsx';
import type { Asked } from '../data.ts';
import { formatFigure } from '../format.ts';
import { useElementSize } from '../marks/useElementSize.ts';
import { AmplificationMarks, Mark } from './AmplificationMarks.tsx';
import './amplification.css';
import { partsOf } from './curve.ts';
import { DIFFERENCES, type DifferenceId, enteredBy } from './differences.ts';

export type AmplificationViewProps = {
  readonly asked: Asked<Amplification>;
  readonly difference: DifferenceId; // that is asked for
  readonly whyNotRuns: string | null; // why A and B's own difference cannot be followed
  readonly layer: number | null; // of the chosen hook
  readonly onDifference: (difference: DifferenceId) => void;
  readonly onHook: (hook: HookName) => void;
};

/** Shows the amplification of the shown runs; what was measured last stays, dimmed, while the next is under way. */
export function AmplificationView({
  asked,
  difference,
  whyNotRuns,
  layer,
  onDifference,
  onHook,
}: AmplificationViewProps) {
  const { value, isAsking, problem } = asked;
  const strongest = value && strongestBlock(value.blocks);
  return (
    <section className="amp" aria-label="Amplification" aria-busy={isAsking}>
      <div className="amp-head">
        <div className="amp-words" aria-live="polite">
          {problem ? (
            <p className="amp-problem">{problem}</p>
          ) : (
            <p className="amp-title">{value ? amplificationWords(value) : 'Measuring…'}</p>
          )}
          {value && !problem ? <p className="amp-caption">{captionOf(value)}</p> : null}
          {difference === 'runs' && whyNotRuns ? <p className="amp-caption">{whyNotRuns}</p> : null}
        </div>
        <Choice
          name="The difference that enters each block"
          options={DIFFERENCES.map(({ id, label }) => ({
            id,
            label,
            disabled: id === 'runs' && whyNotRuns !== null && difference !== 'runs',
          }))}
          value={difference}
          onChange={onDifference}
        />
      </div>
      {value && !problem ? (
        <div className="amp-body" data-stale={isAsking || undefined}>
          {strongest ? <Plot blocks={value.blocks} layer={layer} /> : null}
          <AmplificationTable blocks={value.blocks} onHook={onHook} />
        </div>
      ) : null}
    </section>
  );
}

function captionOf(value: Amplification): string {
  const silent = value.blocks.filter(({ entering }) => entering === 0).map(({ layer }) => layer);
  const isSome = silent.length > 0 && silent.length < value.blocks.length;
  const unentered = isSome
    ? `Nothing enters block${silent.length > 1 ? 's' : ''} ${silent.join(', ')}: no factor there.`
    : '';
  return [amplificationDetail(value), enteredBy(value.of), unentered].filter((part) => part !== '').join(' ');
}

function Plot({ blocks, layer }: { readonly blocks: readonly BlockAmplification[]; readonly layer: number | null }) {
  const [box, { width, height }] = useElementSize<HTMLDivElement>();
  return (
    <figure className="amp-figure">
      <div className="amp-plot" ref={box}>
        {width > 0 && height > 0 ? <AmplificationMarks {...{ blocks, width, height }} chosen={layer} /> : null}
      </div>
      <figcaption className="amp-legend">
        <span className="quiet">factor, by block</span>
        {partsOf(blocks).map(({ id, label }) => (
          <span key={id}>
            <svg width={12} height={12} aria-hidden="true">
              <Mark part={id} x={6} y={6} />
            </svg>{' '}
            {label}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

const COLUMNS = ['enters', '× attention', '× MLP', '× block', 'carried', 'added', 'leaves'] as const;

type TableProps = { readonly blocks: readonly BlockAmplification[]; readonly onHook: (hook: HookName) => void };

function AmplificationTable({ blocks, onHook }: TableProps) {
  return (
    <div className="amp-table">
      <table>
        <thead>
          <tr>
            <th scope="col">block</th>
            {COLUMNS.map((name) => (
              <th key={name} scope="col" className="num">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {blocks.map((block) => (
            <tr key={block.layer}>
              <th scope="row">
                <button
                  type="button"
                  className="hook-link mono"
                  aria-label={`block ${block.layer}: inspect its hook_resid_post`}
                  onClick={() => onHook(blockHook(block.layer, 'hook_resid_post'))}
                >
                  {block.layer}
                </button>
              </th>
              {cellsOf(block).map((value, at) => (
                <td key={COLUMNS[at]} className="num">
                  {value === null ? '–' : formatFigure(value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function cellsOf(amplified: BlockAmplification): readonly (number | null)[] {
  const { entering, carried, added, leaving } = amplified;
  const { attention, mlp, block } = factorsOf(amplified);
  return [entering, attention, mlp, block, carried, added, leaving];
}

/** What the curve is, for the panel's help. */
export function AmplificationHelp() {
  return (
    <p>
      <strong>Amplification</strong>: run A's block is given another stream, and what then leaves it differently is
      divided by what entered differently, root mean squares over all positions. “Added” is what B's block makes
      otherwise of the same stream, and is not A's to answer for. An injected difference is seeded noise of so much of a
      typical position's stream: its factor is the function's own, where a difference near f32's last place is mixed
      with the block's own rounding.
    </p>
  );
}
