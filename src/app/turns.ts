// A line in which what is to be drawn waits: one part of the page is drawn at a time. Each is a transition of React's: rendered in slices,
// between which input goes first, and committed in a task of its own. Drawn together they would be one commit, which cannot be interrupted.
import { startTransition } from 'react';

/** Sets the state of what is to be drawn; says whether there was anything to draw. */
export type Turn = () => boolean;

const line = new Set<Turn>(); // the first is being drawn

/** Joins the line; who waits already has a place. Must end its turn when it is drawn, or gone. */
export function takeTurn(turn: Turn): void {
  if (line.has(turn)) return;
  line.add(turn);
  if (line.size === 1) beginFirst();
}

/** Leaves the line, drawn or not; the next comes where this was the first. */
export function endTurn(turn: Turn): void {
  const [first] = line;
  line.delete(turn);
  if (first === turn) beginFirst();
}

function beginFirst(): void {
  for (const turn of line) {
    let isBegun = false;
    startTransition(() => {
      isBegun = turn();
    });
    if (isBegun) return;
    line.delete(turn);
  }
}
