// The atlas that the head grid shows: of the run's prompt, or, where the reader chose so, scored on repeated random tokens.
import type { HeadScores } from '../engine/index.ts';
import type { Shown } from '../session/state.ts';
import type { Atlas, Side } from '../views/data.ts';
import type { Ui } from './uiState.ts';

type Scored = { readonly atlas: Atlas | null; readonly side: Side; readonly isRepeated: boolean };

/** Chooses the atlas; null before a run, and where its captures hold no pattern. `repeated`: scores on repeated tokens, once asked for. */
export function scoredAtlas(made: Shown['atlas'], repeated: HeadScores | null, scoredOn: Ui['scoredOn']): Scored {
  if (!made) return { atlas: null, side: 'a', isRepeated: false };
  const { heads, side } = made;
  if (scoredOn === 'prompt' || !repeated) return { atlas: heads, side, isRepeated: false };
  return { atlas: { ...heads, scores: repeated }, side, isRepeated: true };
}
