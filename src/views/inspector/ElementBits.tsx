// The bits of one element in both runs: sign, exponent, mantissa, and which of them part.
import type { WorstElement } from '../../engine/index.ts';
import { formatBits, formatCount, formatExact } from '../format.ts';

const PARTS = [
  { name: 'sign', from: 0, to: 1 },
  { name: 'exponent', from: 1, to: 9 },
  { name: 'mantissa', from: 9, to: 32 },
] as const;

/** Shows both patterns, one above the other; bits that differ are marked. */
export function ElementBits({ element, place }: { element: WorstElement; place: string }) {
  const { bitsA, bitsB, ulp } = element;
  return (
    <section className="bits" aria-label={`Bits at ${place}`}>
      <p className="bits-place">
        {place}: {Number.isFinite(ulp) ? `${formatCount(ulp)} ULP apart` : 'no distance: NaN'}
      </p>
      <Pattern side="A" bits={bitsA} other={bitsB} value={element.a} />
      <Pattern side="B" bits={bitsB} other={bitsA} value={element.b} />
    </section>
  );
}

type PatternProps = {
  readonly side: 'A' | 'B';
  readonly bits: number;
  readonly other: number;
  readonly value: number;
};

function Pattern({ side, bits, other, value }: PatternProps) {
  const [own, theirs] = [binary(bits), binary(other)];
  const parts = PARTS.map(({ name, from, to }) => `${name} ${own.slice(from, to)}`).join(', ');
  return (
    <div className="bits-row">
      <p className={side === 'A' ? 'side-a' : 'side-b'}>
        {side} <span className="mono">{formatExact(value)}</span>{' '}
        <span className="quiet mono">
          {formatBits(bits)} · {meaning(bits)}
        </span>
      </p>
      <p className="visually-hidden">{parts}</p>
      <p className="bits-pattern mono" aria-hidden="true">
        {PARTS.map(({ name, from, to }) => (
          <span key={name} className="bits-part" title={name}>
            {[...own.slice(from, to)].map((bit, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a bit is its place
              <span key={i} data-differs={theirs[from + i] !== bit || undefined}>
                {bit}
              </span>
            ))}
          </span>
        ))}
      </p>
    </div>
  );
}

function binary(bits: number): string {
  return (bits >>> 0).toString(2).padStart(32, '0');
}

/** What a pattern stands for: ±1.mantissa · 2^exponent, a subnormal, zero, infinity or NaN. */
function meaning(bits: number): string {
  const exponent = (bits >>> 23) & 0xff;
  const mantissa = bits & 0x7fffff;
  if (exponent === 0xff) return mantissa === 0 ? 'infinity' : 'NaN';
  if (exponent === 0) return mantissa === 0 ? 'zero' : `subnormal, ${mantissa} · 2⁻¹⁴⁹`;
  return `exponent ${exponent - 127}`;
}
