// The link of a case: by its name, so that it runs as it is told even in a later version.
import type { Session } from '../session/session.ts';

/** Copies the link of a step, from 0, and says what became of it; never rejects. */
export async function copyCaseLink(session: Session, id: string, step: number): Promise<void> {
  const link = `${location.href.split('#')[0]}#case=${id}${step === 0 ? '' : `&step=${step + 1}`}`;
  try {
    await navigator.clipboard.writeText(link);
    session.say({ text: `Link copied: ${link}`, tone: 'good' });
  } catch {
    session.say({
      text: `The browser does not let this page write to the clipboard. The link is ${link}`,
      tone: 'bad',
    });
  }
}
