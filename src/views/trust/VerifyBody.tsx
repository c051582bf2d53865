// Verify this GPU: the demo models in every mode, beside what is known of them; one row a mode, filling in.
import { formatFigure, type Verification, type Verified, verdictOf, verificationWords } from '../../engine/index.ts';
import { Button } from '../controls/Button.tsx';
import './trust.css';

type Props = {
  readonly verification: Verification | null;
  readonly onVerify: () => void;
  readonly onCancel: () => void;
  readonly onCopy: () => void;
};

/** Runs and shows the verification. */
export function VerifyBody({ verification, onVerify, onCancel, onCopy }: Props) {
  const isRunning = verification?.status === 'running';
  const rows = verification?.rows ?? [];
  return (
    <div className="trust">
      <p>
        Two small models run in every mode on this GPU. In <strong>portable</strong> arithmetic every hook must have the
        bits that JavaScript computed beforehand. In <strong>native</strong> arithmetic every hook must lie within what
        rounding explains of its own operation in f64, and beside what transformers recorded; layouts of canonical order
        must agree bit for bit. Pipelines compile anew: seconds on a GPU, a minute or two on the processor.
      </p>
      <div className="trust-deeds">
        {isRunning ? (
          <Button onPress={onCancel}>Cancel</Button>
        ) : (
          <Button kind="primary" onPress={onVerify}>
            {verification ? 'Verify again' : 'Verify this GPU'}
          </Button>
        )}
        <Button onPress={onCopy} disabled={rows.length === 0}>
          Copy the result
        </Button>
      </div>
      {verification ? <Outcome verification={verification} /> : null}
      {rows.length > 0 ? <Rows rows={rows} /> : null}
    </div>
  );
}

function Outcome({ verification }: { readonly verification: Verification }) {
  const verdict = verdictOf(verification);
  const tone = verdict === null ? undefined : verdict === 'passes' ? 'good' : 'bad';
  return (
    <>
      {verification.status === 'running' ? (
        <progress
          className="trust-progress"
          aria-label="Verification"
          value={verification.rows.length}
          max={Math.max(1, verification.total)}
        />
      ) : null}
      <p className="trust-verdict" data-tone={tone} role="status" aria-live="polite">
        {verificationWords(verification)}
      </p>
    </>
  );
}

const CHECKS = { bits: 'bits', operations: 'each operation' } as const;

function Rows({ rows }: { readonly rows: readonly Verified[] }) {
  return (
    <div className="trust-scroll">
      <table className="trust-rows">
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col">Mode</th>
            <th scope="col">Hooks</th>
            <th scope="col">Held to</th>
            <th scope="col">Worst error, of its bound</th>
            <th scope="col">Verdict</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={`${row.model} ${row.mode}`} {...row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ model, mode, hooks, check, worst, passes, departure }: Verified) {
  return (
    <tr data-tone={passes ? undefined : 'bad'}>
      <td>{model}</td>
      <th scope="row">{mode}</th>
      <td className="numeric">{hooks}</td>
      <td>{CHECKS[check]}</td>
      <td className="mono">
        {worst ? `${formatFigure(worst.error)} of ${formatFigure(worst.bound)} at ${worst.hook}` : '–'}
      </td>
      <td>{passes ? 'passes' : `fails: ${departure?.hook ?? ''} ${departure?.why ?? ''}`}</td>
    </tr>
  );
}
