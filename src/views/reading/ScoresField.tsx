// What the head grid's scores are of: the prompt, or repeated random tokens, where nothing can be guessed from meaning.
import { Choice } from '../controls/Choice.tsx';

export type ScoredOn = 'prompt' | 'repeated';

export type ScoresFieldProps = {
  readonly scoredOn: ScoredOn;
  readonly isScoring: boolean;
  readonly problem: string | null;
  readonly onScoredOn: (scoredOn: ScoredOn) => void;
};

/** Chooses what the heads are scored on. */
export function ScoresField({ scoredOn, isScoring, problem, onScoredOn }: ScoresFieldProps) {
  return (
    <div className="reading-scores">
      <span className="field-label">Head grid scores{isScoring ? ': scoring…' : ''}</span>
      <Choice
        name="What the head grid's scores are of"
        options={[
          { id: 'prompt', label: 'this prompt' },
          { id: 'repeated', label: 'repeated random tokens' },
        ]}
        value={scoredOn}
        onChange={onScoredOn}
      />
      {problem ? <span className="panel-error">{problem}</span> : null}
    </div>
  );
}
