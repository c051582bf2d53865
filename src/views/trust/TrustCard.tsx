// What was measured of this GPU, in words: the canary's findings, the recorded runs, and what may be claimed on the strength of them.
import { type CanaryReport, canaryFindings, canaryVerdict } from '../../engine/index.ts';
import './trust.css';

type Props = {
  readonly adapter: { readonly name: string; readonly canary: CanaryReport | null };
};

/** Tells what the adapter does where WGSL leaves it a choice. */
export function TrustCard({ adapter }: Props) {
  const { name, canary } = adapter;
  return (
    <div className="trust">
      <p className="trust-name mono">{name}</p>
      {canary ? <Canary report={canary} /> : <p className="quiet">Measured once the first result is shown.</p>}
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
                {seen}
                <span className="quiet"> {follows}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
