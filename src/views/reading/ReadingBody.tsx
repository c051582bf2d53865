// The Reading: what the model would say after each block, what its answer is made of, and what the chosen head does by its weights.
import { SelectField } from '../controls/SelectField.tsx';
import type { ViewToken } from '../data.ts';
import { TokenField } from '../sweep/TokenField.tsx';
import { visibleToken } from '../tokenText.ts';
import { AttributionBars } from './AttributionBars.tsx';
import { CircuitsView } from './CircuitsView.tsx';
import type { CircuitsReading, HeadName, PredictionReading } from './data.ts';
import { LensTable } from './LensTable.tsx';
import './reading.css';
import { ScoresField, type ScoresFieldProps } from './ScoresField.tsx';

type Props = {
  readonly tokens: readonly ViewToken[]; // of the prompt
  readonly candidates: readonly ViewToken[]; // for right and wrong: next tokens first
  readonly position: number;
  readonly right: number;
  readonly wrong: number | null; // null: the logit of the right token alone
  readonly reading: PredictionReading | null;
  readonly isReading: boolean;
  readonly problem: string | null;
  readonly head: HeadName; // the chosen one
  readonly circuits: CircuitsReading | null;
  readonly isReadingCircuits: boolean;
  readonly circuitsProblem: string | null;
  readonly scores: ScoresFieldProps;
  readonly onPosition: (position: number) => void;
  readonly onPair: (right: number, wrong: number | null) => void;
  readonly onHead: (layer: number, head: number) => void;
  readonly onCircuits: () => void;
};

/** Reads one prediction and one head. */
export function ReadingBody(props: Props) {
  const { tokens, candidates, position, right, wrong, reading, isReading, problem, head } = props;
  return (
    <div className="reading">
      <div className="reading-form">
        <SelectField
          name="After position"
          options={tokens.map((token, at) => ({ id: String(at), label: `${at} ${visibleToken(token)}` }))}
          value={String(position)}
          onChange={(id) => props.onPosition(Number(id))}
        />
        <TokenField
          name="Logit of"
          candidates={candidates}
          value={right}
          onChange={(id) => props.onPair(id, wrong === id ? null : wrong)}
        />
        <TokenField
          name="minus logit of"
          candidates={candidates}
          value={wrong}
          none="nothing"
          onChange={(id) => props.onPair(right, id === right ? null : id)}
          onNone={() => props.onPair(right, null)}
        />
        <ScoresField {...props.scores} />
      </div>
      {problem ? (
        <p className="panel-error" role="alert">
          {problem}
        </p>
      ) : null}
      <div className="reading-parts" aria-busy={isReading}>
        {reading ? (
          <>
            <LensTable lens={reading.lens} tokens={reading.tokens} />
            <AttributionBars reading={reading} onHead={props.onHead} />
          </>
        ) : (
          <p className="quiet">{isReading ? 'Reading…' : 'There is no reading of this prompt yet.'}</p>
        )}
        <CircuitsView
          head={head}
          reading={props.circuits}
          isReading={props.isReadingCircuits}
          problem={props.circuitsProblem}
          onRead={props.onCircuits}
        />
      </div>
    </div>
  );
}

export function ReadingHelp() {
  return (
    <>
      <p>
        <strong>Logit lens</strong>: the stream behind each block goes through the final norm and the unembedding, as if
        the model stopped there (nostalgebraist 2020). <strong>Attribution</strong>: how much the embedding, each head
        and each MLP adds to the logit, or to the difference of two, with the final norm frozen at the scale that it
        had; the parts must sum to the logit, and that is checked (Elhage et al. 2021).
      </p>
      <p>
        <strong>Circuits</strong> come from the weights alone: the QK circuit scores which token would attend to which,
        the OV circuit what attending to a token adds to each logit; a head copies where the eigenvalues of its OV
        circuit are positive. Run A is read (B where B runs alone), interventions on.
      </p>
    </>
  );
}
