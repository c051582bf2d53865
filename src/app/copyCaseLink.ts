// The link of a case: by its name, so that it runs as it is told even in a later version.
import type { Session } from '../session/session.ts';
import { copyText } from './clipboard.ts';

/** Copies the link of a step, from 0, and says what became of it; never rejects. */
export async function copyCaseLink(session: Session, id: string, step: number): Promise<void> {
  const link = `${location.href.split('#')[0]}#case=${id}${step === 0 ? '' : `&step=${step + 1}`}`;
  await copyText(session, link, `Link copied: ${link}`, `The link is ${link}`);
}
