// On opening a link that carries a fingerprint: whether the sender's result was reproduced here.
import { type Reproduction, reproductionWords } from '../../engine/index.ts';
import './share.css';

/** Tells whether the sender's result was reproduced. */
export function ReproductionCard({ reproduction }: { reproduction: Reproduction }) {
  const { title, detail } = reproductionWords(reproduction);
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
