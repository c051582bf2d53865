// The atlas that the head grid shows: of the run's prompt, or, where the reader chose so, scored on repeated random tokens.
import type { HeadScores } from '../engine/index.ts';
import type { Shown } from '../session/state.ts';
import type { Atlas, HeadEffect, Side } from '../views/data.ts';
import type { Ui } from './uiState.ts';

type Scored = { readonly atlas: Atlas | null; readonly side: Side; readonly isRepeated: boolean };

type Scores = {
  readonly repeated: HeadScores | null; // on repeated tokens, once asked for
  readonly effect: HeadEffect | null; // of the sweep of now
};

/** Chooses the atlas; null before a run, and where its captures hold no pattern. */
export function scoredAtlas(made: Shown['atlas'], { repeated, effect }: Scores, scoredOn: Ui['scoredOn']): Scored {
  if (!made) return { atlas: null, side: 'a', isRepeated: false };
  const { side } = made;
  const heads = { ...made.heads, effect };
  if (scoredOn === 'prompt' || !repeated) return { atlas: heads, side, isRepeated: false };
  return { atlas: { ...heads, scores: repeated }, side, isRepeated: true };
}
