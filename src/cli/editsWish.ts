// The interventions of a command: those of the experiment, then those that the command line names, one an --edit.
import {
  type Experiment,
  type Intervention,
  type NotApplied,
  type RunSpec,
  type SortRequest,
  sortApplicable,
} from '../engine/index.ts';
import { readIntervention } from '../share/oneIntervention.ts';
import { say, UsageError } from './command.ts';

/** The option that edits runs, one intervention each time. */
export const EDIT_OPTION = { edit: { type: 'string', multiple: true, default: [] as string[] } } as const;

export const EDIT_USAGE = `  EDIT is an intervention as an experiment file holds it, behind those of the experiment; heads and positions left out are all:
  '{"hook":"blocks.1.attn.hook_z","heads":[7],"operation":{"kind":"zero"}}'. One that no run can carry out is refused.`;

/** Interventions, and the runs that are to carry them out. */
export type EditsWish = {
  readonly interventions: readonly Intervention[];
  readonly typed: readonly string[]; // the texts of the last ones, which the command line gave
  readonly specs: readonly RunSpec[];
  readonly nBeyond?: number; // positions behind the prompt that they may name: of a continuation
};

/** Throws UsageError for a text that is no intervention. */
export function editsOf(typed: readonly string[], experiment: Experiment | null): readonly Intervention[] {
  const read = typed.map((text) => {
    const one = readIntervention(text);
    if (typeof one === 'string') throw new UsageError(`--edit ${text}: ${one}.`);
    return one;
  });
  return [...(experiment?.interventions ?? []), ...read];
}

/**
 * What was typed and is left out by every run is an error: a CI that zeroes head 9 of 8 must not be told that all is well. One that a
 * run can carry out, as an edit of hook_q_input in split mode alone, is left out by the other with its reason. Throws UsageError.
 */
export function refuseLostEdits(
  { interventions, typed, specs, nBeyond = 0 }: EditsWish,
  { model, nPos, nCorrupted }: Pick<SortRequest, 'model' | 'nPos' | 'nCorrupted'>,
): void {
  const on = { model, nPos: nPos + nBeyond, nCorrupted: nCorrupted === null ? null : nCorrupted + nBeyond };
  const lost = specs.map((spec) => sortApplicable({ ...on, spec, interventions }).notApplied);
  const nBefore = interventions.length - typed.length;
  for (const { index, why } of lost[0] ?? []) {
    const text = typed[index - nBefore];
    const isLost = lost.every((notApplied) => notApplied.some((entry) => entry.index === index));
    if (text !== undefined && isLost) throw new UsageError(`--edit ${text}: ${why}.`);
  }
}

/** Tells which interventions each run leaves out, and why; what all leave out for one reason, once. */
export function sayNotApplied(sides: readonly { readonly name: string; readonly notApplied: readonly NotApplied[] }[]) {
  const told = new Map<string, string[]>();
  for (const { name, notApplied } of sides) {
    for (const { index, why } of notApplied) {
      const what = `intervention ${index + 1}: ${why}`;
      told.set(what, [...(told.get(what) ?? []), name]);
    }
  }
  for (const [what, names] of told) say(`${names.join(' and ')} ${names.length > 1 ? 'leave' : 'leaves'} out ${what}`);
}
