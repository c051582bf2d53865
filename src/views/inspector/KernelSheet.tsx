// The WGSL that made the chosen tensor: the very text, its constants and dims, what is bound where, how many workgroups. A and B apart
// where they are not the same dispatch.
import type { KernelView } from '../../engine/index.ts';
import { Button } from '../controls/Button.tsx';
import type { Asked } from '../data.ts';
import { formatBytes, formatScale } from '../format.ts';

export type Kernels = { readonly a: readonly KernelView[]; readonly b: readonly KernelView[] };

type Props = {
  readonly kernels: Asked<Kernels>;
  readonly onOpen: () => void;
  readonly onCopy: (text: string, what: string) => void;
};

/** Opens on demand: the text is asked for when it is wanted. */
export function KernelSheet({ kernels: { value, problem }, onOpen, onCopy }: Props) {
  return (
    <details
      className="kernels"
      onToggle={(event) => {
        if (event.currentTarget.open && !value) onOpen();
      }}
    >
      <summary>WGSL that made it</summary>
      {problem ? <p className="lab-problem">{problem}</p> : null}
      {value ? <Sheets kernels={value} onCopy={onCopy} /> : null}
    </details>
  );
}

function Sheets({ kernels: { a, b }, onCopy }: { kernels: Kernels; onCopy: Props['onCopy'] }) {
  if (a.length + b.length === 0) {
    return <p className="quiet">None of our kernels made this tensor: another engine, or a file, did.</p>;
  }
  const same = JSON.stringify(a.map(withoutPlace)) === JSON.stringify(b.map(withoutPlace));
  const sheets = same
    ? a.map((kernel) => ({ side: 'A and B', kernel }))
    : [...a.map((kernel) => ({ side: 'A', kernel })), ...b.map((kernel) => ({ side: 'B', kernel }))];
  return sheets.map(({ side, kernel }) => (
    <KernelText key={`${side} ${kernel.place}`} side={side} kernel={kernel} onCopy={onCopy} />
  ));
}

/** Split mode has more dispatches before the same one. */
function withoutPlace({ place: _place, places: _places, ...kernel }: KernelView) {
  return kernel;
}

type TextProps = { readonly side: string; readonly kernel: KernelView; readonly onCopy: Props['onCopy'] };

function KernelText({ side, kernel, onCopy }: TextProps) {
  const { overrides, dims, bindings, workgroups, multiplyAdds, code } = kernel;
  return (
    <section className="kernel" aria-label={`${side}: ${kernel.kernel}, dispatch ${kernel.place}`}>
      <h4 className="lab-title">
        {side}: <span className="mono">{kernel.kernel}</span>
      </h4>
      <p className="quiet lab-note">
        makes <span className="mono">{kernel.makes}</span>, dispatch {kernel.place} of {kernel.places},{' '}
        {workgroups.join(' × ')} workgroups{multiplyAdds > 0 ? `, ${formatScale(multiplyAdds)} multiply-adds` : ''}
      </p>
      <Pairs name="override" pairs={Object.entries(overrides)} />
      <Pairs name="dims" pairs={dims} />
      <table className="lab-errors">
        <thead>
          <tr>
            <th scope="col">binding</th>
            <th scope="col">holds</th>
            <th scope="col" className="num">
              bytes
            </th>
          </tr>
        </thead>
        <tbody>
          {bindings.map(({ binding, access, variable, holds, bytes }) => (
            <tr key={binding}>
              <th scope="row">
                {binding} <span className="mono">{variable}</span> <span className="quiet">{access}</span>
              </th>
              <td className="mono kernel-holds">{holds}</td>
              <td className="num">{formatBytes(bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <section
        className="kernel-code"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key
        tabIndex={0}
        aria-label={`WGSL of ${kernel.kernel}, ${side}, dispatch ${kernel.place}`}
      >
        <pre className="mono">{code}</pre>
      </section>
      <Button kind="quiet" onPress={() => onCopy(code, 'The WGSL')}>
        Copy the WGSL
      </Button>
    </section>
  );
}

function Pairs({ name, pairs }: { name: string; pairs: readonly (readonly [string, number])[] }) {
  if (pairs.length === 0) return null;
  return (
    <p className="kernel-pairs">
      <span className="quiet">{name} </span>
      {pairs.map(([field, value]) => (
        <span key={field} className="mono">
          {field}={value}
        </span>
      ))}
    </p>
  );
}
