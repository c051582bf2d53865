// Structural facts: what must hold whatever the numbers are, checked bit for bit on the captured activations.
import type { StructuralFact } from '../../engine/index.ts';
import { Icon } from '../controls/icons.tsx';

const TITLES = {
  'split-inputs-are-resid-pre': 'q, k, v inputs are resid_pre',
  'repeat-kv-is-copy': 'repeat_kv is a pure copy',
  'masked-keys-are-zero': 'Masked keys are exactly 0',
  'rows-sum-to-one': 'Pattern rows sum to 1',
} as const satisfies Record<StructuralFact['id'], string>;

/** Lists the facts, each with its figure. */
export function Facts({ facts }: { facts: readonly StructuralFact[] }) {
  if (facts.length === 0) return null;
  return (
    <ul className="facts" aria-label="Structural facts">
      {facts.map((fact) => (
        <li key={fact.id} className="fact" data-holds={fact.holds}>
          <Icon name={fact.holds ? 'check' : 'close'} />
          <div>
            <p className="fact-title">
              {TITLES[fact.id]}
              <span className="visually-hidden">{fact.holds ? ': holds' : ': does not hold'}</span>
            </p>
            <p className="fact-detail">{fact.detail}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}
