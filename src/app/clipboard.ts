// The clipboard: the one place that writes to it, and the words for a browser that keeps it from us.
import type { Session } from '../session/session.ts';

/** Writes text to the clipboard. Rejects, in words, where the browser does not let us. */
export async function writeClipboard(text: string, wayOut = 'Allow it, or take the file.'): Promise<void> {
  await navigator.clipboard.writeText(text).catch((cause: unknown) => {
    throw new Error(`The browser does not let this page write to the clipboard. ${wayOut}`, { cause });
  });
}

/** Copies text and says what became of it; never rejects. `said`: the sentence that tells it was copied. */
export async function copyText(session: Session, text: string, said: string, wayOut = 'Allow it, and copy again.') {
  try {
    await writeClipboard(text, wayOut);
    session.say({ text: said, tone: 'good' });
  } catch (error) {
    session.say({ text: error instanceof Error ? error.message : String(error), tone: 'bad' });
  }
}
