// A run in a few words: its specifications where they are not the defaults, its prompt, its interventions. Pure.
import { describeSpec } from '../../engine/index.ts';
import type { LoggedRun } from './entry.ts';

const PROMPT_LENGTH = 36;

/** `A fused · B split, reversed · 15 tokens “When Mary …”`. */
export function describeRun({ experiment, nTokens }: Pick<LoggedRun, 'experiment' | 'nTokens'>): string {
  const { mode, a, b, prompt, interventions } = experiment;
  const runs = [mode === 'split' ? null : `A ${describeSpec(a)}`, mode === 'fused' ? null : `B ${describeSpec(b)}`];
  const active = interventions.filter(({ enabled }) => enabled).length;
  const edits = active === 0 ? null : `${active} ${active === 1 ? 'intervention' : 'interventions'}`;
  const characters = [...prompt.text];
  const text = characters.length > PROMPT_LENGTH ? `${characters.slice(0, PROMPT_LENGTH).join('')}…` : prompt.text;
  const tokens = `${nTokens} tokens${prompt.tokenIds ? '' : ` “${text}”`}`;
  return [...runs, edits, tokens].filter((part) => part !== null).join(' · ');
}
