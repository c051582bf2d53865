// A case: a known experiment that opens by a link, with a short text beside the live result. Pure data and functions of what was
// measured here and now; no figure of a text is written down, all are read off the run.
import type {
  Amplification,
  Attribution,
  DifferenceOf,
  Experiment,
  ExperimentResult,
  HeadScores,
  LadderRow,
  PathCell,
  Probe,
  ProbeKind,
  SweepCell,
} from '../engine/index.ts';

/** A piece of text, or a figure that was measured. */
export type Piece = string | { readonly figure: string };
export type Paragraph = readonly Piece[];

/** What a text may speak of: the run that is shown, and what was asked beside it, as far as it has come. */
export type Live = {
  readonly result: ExperimentResult;
  readonly ladder: readonly LadderRow[];
  readonly sweep: Came<SweepCell> | null;
  readonly paths: Came<PathCell> | null;
  readonly scores: HeadScores | null; // on repeated random tokens
  readonly attribution: Attribution | null; // of `reads`
  readonly probe: Probe | null;
  readonly amplification: Amplification | null; // of the difference that was asked about
};

/** What has come of a sweep. */
export type Came<Cell> = {
  readonly clean: number | null; // null until it is known
  readonly corrupted: number | null;
  readonly cells: readonly Cell[];
  readonly isDone: boolean;
};

/** What is asked beside the run: scores of all heads, an attribution of two tokens' difference, a probe, what blocks make of a difference. */
export type Ask =
  | { readonly kind: 'scores' }
  | { readonly kind: 'reading'; readonly tokens: readonly [right: number, wrong: number] }
  | { readonly kind: 'probe'; readonly what: ProbeKind }
  | { readonly kind: 'amplification'; readonly of: DifferenceOf };

export type CaseStep = {
  readonly label: string;
  readonly experiment: Experiment;
  readonly ask: Ask | null;
  readonly panel: string; // that shows what the text speaks of
  readonly shows?: 'amplification'; // in Divergence; left out: the hooks
  readonly tell: (live: Live) => readonly Paragraph[];
};

export type Case = {
  readonly id: string; // of its link, #case=ID
  readonly title: string;
  readonly about: string; // one sentence, for the gallery
  readonly source: { readonly label: string; readonly url: string } | null;
  readonly steps: readonly [CaseStep, ...CaseStep[]];
};

/** A paragraph: what stands in the braces is a figure. */
export function say(texts: TemplateStringsArray, ...figures: readonly string[]): Paragraph {
  return texts.flatMap((text, at): Piece[] => {
    const figure = figures[at];
    return [...(text === '' ? [] : [text]), ...(figure === undefined ? [] : [{ figure }])];
  });
}
