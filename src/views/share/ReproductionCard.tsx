// On opening a link that carries a fingerprint: whether the sender's result was reproduced here.
import type { Reproduction } from '../../engine/index.ts';
import './share.css';

/** Tells whether the sender's result was reproduced. */
export function ReproductionCard({ reproduction }: { reproduction: Reproduction }) {
  const { title, detail } = words(reproduction);
  return (
    <aside
      className="reproduction"
      data-verdict={reproduction.verdict}
      aria-label="Reproduction of the sender's result"
    >
      <strong>{title}</strong> {detail}
    </aside>
  );
}

function words(reproduction: Reproduction): { readonly title: string; readonly detail: string } {
  switch (reproduction.verdict) {
    case 'bit-for-bit':
      return {
        title: 'Reproduced bit for bit.',
        detail: "The sender's logits and every block have the same bits here.",
      };
    case 'within-tolerance':
      return { title: 'Same within tolerance.', detail: `Bits part first at ${place(reproduction.firstBlock)}.` };
    case 'differs':
      return {
        title: 'Differs:',
        detail: `${reproduction.what}${reproduction.firstBlock === null ? '' : `, first at ${place(reproduction.firstBlock)}`}.`,
      };
    case 'not-comparable':
      return { title: 'Cannot be compared here:', detail: `${reproduction.why}.` };
    default:
      return reproduction satisfies never;
  }
}

function place(firstBlock: number | 'logits'): string {
  return firstBlock === 'logits' ? 'the logits' : `blocks.${firstBlock}`;
}
