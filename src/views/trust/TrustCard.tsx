// What was measured of this GPU, in words: the canary's findings, the recorded runs, and what may be claimed on the strength of them.
import {
  type CanaryReport,
  canaryFindings,
  canaryVerdict,
  type Verification,
  verdictOf,
  verificationWords,
} from '../../engine/index.ts';
import { Button } from '../controls/Button.tsx';
import { exactBytes, formatCount } from '../format.ts';
import './trust.css';

type Props = {
  readonly name: string; // of the adapter
  readonly limits: Readonly<Record<string, number>>; // that the device was opened with
  readonly features: readonly string[];
  readonly canary: CanaryReport | null;
  readonly verification: Verification | null;
  readonly onVerify: () => void;
  readonly onCopy: () => void;
};

/** Tells what the adapter does where WGSL leaves it a choice, and whether it was verified. */
export function TrustCard({ name, limits, features, canary, verification, onVerify, onCopy }: Props) {
  return (
    <div className="trust">
      <p className="trust-name mono">{name}</p>
      {canary ? <Canary report={canary} /> : <p className="quiet">Measured once the first result is shown.</p>}
      <p data-tone={verification && verdictOf(verification) === 'fails' ? 'bad' : undefined} className="trust-verified">
        {verification ? verificationWords(verification) : 'The recorded runs were not verified on this GPU yet.'}
      </p>
      <details>
        <summary>Limits and features</summary>
        <table className="trust-findings">
          <tbody>
            {Object.entries(limits).map(([limit, value]) => (
              <tr key={limit}>
                <th scope="row" className="mono">
                  {limit}
                </th>
                <td className="num">{/Size$/.test(limit) && value >= 1024 ? exactBytes(value) : formatCount(value)}</td>
              </tr>
            ))}
            <tr>
              <th scope="row">features</th>
              <td>{features.length > 0 ? features.join(', ') : 'none of those that are used'}</td>
            </tr>
          </tbody>
        </table>
      </details>
      <div className="trust-deeds">
        <Button onPress={onVerify}>Verify this GPU…</Button>
        <Button onPress={onCopy} disabled={canary === null}>
          Copy
        </Button>
      </div>
    </div>
  );
}

function Canary({ report }: { readonly report: CanaryReport }) {
  const verdict = canaryVerdict(report);
  return (
    <>
      <p className="trust-verdict" data-tone={verdict.tone}>
        {verdict.text}
      </p>
      <table className="trust-findings">
        <caption className="quiet">
          The canary, in {Math.round(report.elapsedMs)} ms: what this adapter does where WGSL leaves it a choice
        </caption>
        <tbody>
          {canaryFindings(report).map(({ name, seen, follows, tone }) => (
            <tr key={name} data-tone={tone}>
              <th scope="row">{name}</th>
              <td>
                {seen}.<span className="quiet"> {follows}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
