// An open case: its steps, and a text whose every figure is of the run beside it.
import { createElement } from 'react';
import { Button, IconButton } from '../controls/Button.tsx';
import { Choice } from '../controls/Choice.tsx';
import './cases.css';

type Piece = string | { readonly figure: string };

type Props = {
  readonly title: string;
  readonly steps: readonly string[];
  readonly step: number;
  /** running: no result yet. own: the reader changed the experiment. failed: it could not run here. */
  readonly state: 'told' | 'running' | 'own' | 'failed';
  readonly paragraphs: readonly (readonly Piece[])[];
  readonly onStep: (step: number) => void;
  readonly onCopy: () => void;
  readonly onGallery: () => void;
  readonly onClose: () => void;
};

/** Shows a step of a case. */
export function CaseStrip(props: Props) {
  const { title, steps, step, state, paragraphs } = props;
  return (
    <aside className="case" aria-label={`Case: ${title}`}>
      <header className="case-head">
        <h2 className="case-title">{title}</h2>
        {steps.length > 1 ? (
          <Choice
            name="Step of the case"
            options={steps.map((label, at) => ({ id: String(at), label }))}
            value={String(step)}
            onChange={(at) => props.onStep(Number(at))}
          />
        ) : null}
        <span className="case-deeds">
          <Button kind="quiet" onPress={props.onCopy}>
            Copy link
          </Button>
          <Button kind="quiet" onPress={props.onGallery}>
            All cases
          </Button>
          <IconButton icon="close" name="Close the case" onPress={props.onClose} />
        </span>
      </header>
      <div className="case-text" aria-live="polite" aria-busy={state === 'running'}>
        {state === 'told' ? paragraphs.map((paragraph) => <Told key={textOf(paragraph)} pieces={paragraph} />) : null}
        {state === 'running' ? <p className="quiet">Running…</p> : null}
        {state === 'failed' ? <p>This step could not run here; the banner above says why.</p> : null}
        {state === 'own' ? (
          <p>
            You changed the experiment: the text spoke of another.{' '}
            <Button onPress={() => props.onStep(step)}>Back to the case</Button>
          </p>
        ) : null}
      </div>
    </aside>
  );
}

function Told({ pieces }: { readonly pieces: readonly Piece[] }) {
  const children = pieces.map((piece) => (typeof piece === 'string' ? piece : createElement(Figure, piece)));
  return createElement('p', null, ...children);
}

function Figure({ figure }: { readonly figure: string }) {
  return <b className="case-figure">{figure}</b>;
}

function textOf(pieces: readonly Piece[]): string {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : piece.figure)).join('');
}
