// The pair of prompts that a sweep shows something on: the indirect object, and its corrupted twin.
import type { Prompt } from '../engine/index.ts';
import type { Session } from '../session/session.ts';
import { PRESETS } from '../views/prompt/presets.ts';

/** Wants the indirect-object prompt and its corrupted twin. */
export function wantPair(session: Session, prompt: Prompt): void {
  const [pair] = PRESETS;
  session.setPrompt(pair.text);
  session.setCorrupted({ ...prompt, text: pair.corrupted, tokenIds: null });
}
