// Which operation of the shown runs to ask the cause of.
import { type HookName, type LadderRow, readsOtherPrompt, whyNoCause, whyNoCauseUnder } from '../engine/index.ts';
import type { Shown } from '../session/state.ts';

export type GuiltyOperation = {
  readonly causeAt: HookName | null; // null where no operation differs by itself
  readonly whyNoCause: string | null; // why none can be asked; null where one can
};

/** The operation whose cause is asked for: the chosen one where it differs by itself, else the first that does. */
export function causeOf(
  { experiment, result: { a, b }, ladder }: Pick<Shown, 'experiment' | 'result' | 'ladder'>,
  hook: HookName | null,
): GuiltyOperation {
  const why = a && b ? (whyNoCause(a.spec, b.spec) ?? whyNoCauseUnder(a.notApplied, b.notApplied)) : null;
  const isKnown = ladder.some(({ local }) => local !== null);
  const isEqual = ladder.every(({ summary }) => summary.verdict === 'bit-identical');
  const differing = ladder.filter(
    (row) => differsByItself(row) && !readsOtherPrompt(row.hook, experiment.interventions),
  );
  const causeAt = (differing.find((row) => row.hook === hook) ?? differing[0])?.hook ?? null;
  return { causeAt, whyNoCause: why ?? (isKnown || isEqual ? null : NOT_LOCAL) };
}

const NOT_LOCAL = 'B’s operations were not run on A’s inputs here, so that none is known to differ by itself.';

function differsByItself({ local }: LadderRow): boolean {
  return local !== null && local.verdict !== 'bit-identical';
}
