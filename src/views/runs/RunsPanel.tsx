// The two run specifications: A, the reference, and B. What cannot run yet stands in place, with the reason.
import type { RunSpec } from '../../engine/index.ts';
import { Button } from '../controls/Button.tsx';
import { Choice } from '../controls/Choice.tsx';
import type { PanelState, Side } from '../data.ts';
import { Panel, type PanelFrame } from '../panel/Panel.tsx';
import { FixedFields } from './FixedFields.tsx';
import { OrderField } from './OrderField.tsx';
import './runs.css';

type Props = {
  readonly a: RunSpec;
  readonly b: RunSpec;
  readonly ran: { readonly a: boolean; readonly b: boolean };
  readonly onSpec: (side: Side, patch: Partial<RunSpec>) => void;
  readonly onSwap: () => void;
  readonly canSwap: boolean;
  readonly claims: { readonly layout: string; readonly travel: { readonly text: string; readonly tone: string } }; // of bits, as measured
  readonly state: PanelState;
  readonly frame: PanelFrame;
};

/** Edits both run specifications. */
export function RunsPanel({ a, b, ran, onSpec, onSwap, canSwap, claims, state, frame }: Props) {
  const aside = (
    <Button kind="quiet" onPress={onSwap} disabled={!canSwap}>
      Swap <kbd>x</kbd>
    </Button>
  );
  return (
    <Panel
      id="panel-runs"
      title="Runs"
      aside={aside}
      help={<RunsHelp layout={claims.layout} />}
      state={state}
      frame={frame}
    >
      <div className="runs">
        <SpecCard side="a" spec={a} isOn={ran.a} onSpec={(patch) => onSpec('a', patch)} />
        <SpecCard side="b" spec={b} isOn={ran.b} onSpec={(patch) => onSpec('b', patch)} />
        <p className="runs-claim" data-tone={claims.travel.tone}>
          {claims.travel.text}
        </p>
      </div>
    </Panel>
  );
}

type CardProps = {
  readonly side: Side;
  readonly spec: RunSpec;
  readonly isOn: boolean;
  readonly onSpec: (patch: Partial<RunSpec>) => void;
};

function SpecCard({ side, spec, isOn, onSpec }: CardProps) {
  const name = side.toUpperCase();
  return (
    <fieldset className="spec" data-side={side} data-off={!isOn || undefined}>
      <legend className={`spec-name side-${side}`}>
        {name}
        <span className="quiet">
          {' '}
          {side === 'a' ? 'reference' : 'compared'}
          {isOn ? '' : ' · not run in this mode'}
        </span>
      </legend>
      <div className="spec-row">
        <span className="field-label">QKV</span>
        <Choice
          name={`QKV of run ${name}`}
          options={[
            { id: 'fused', label: 'fused' },
            { id: 'split', label: 'split' },
          ]}
          value={spec.qkv}
          onChange={(qkv) => onSpec({ qkv })}
        />
      </div>
      <div className="spec-row">
        <span className="field-label">repeat_kv</span>
        <Choice
          name={`repeat_kv of run ${name}`}
          options={[
            { id: 'broadcast', label: 'broadcast' },
            { id: 'repeat', label: 'repeat' },
          ]}
          value={spec.kv}
          onChange={(kv) => onSpec({ kv })}
        />
      </div>
      <OrderField name={name} order={spec.order} onOrder={(order) => onSpec({ order })} />
      <details className="spec-more">
        <summary>Bias, precision, softmax, engine …</summary>
        <FixedFields name={name} spec={spec} onSpec={onSpec} />
      </details>
    </fieldset>
  );
}

function RunsHelp({ layout }: { readonly layout: string }) {
  return (
    <>
      <p>
        <strong>Fused</strong>: one normalised input, one product with W_Q, W_K, W_V side by side.{' '}
        <strong>Split</strong>: hook_q_input, hook_k_input and hook_v_input, each through its own ln1 and its own
        projection.
      </p>
      <p>
        {layout} Another summation order for B shows, on purpose, where differences such as those of TransformerLens
        #519 come from.
      </p>
    </>
  );
}
