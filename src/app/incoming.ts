// What comes into the page by a drop or a paste: a link, an experiment file, captures of another program (they become run B), a text
// file (it becomes the prompt). A field keeps what is pasted into it; whatever else comes is left to the browser and to others.
import type { Session } from '../session/session.ts';
import { isExperimentFileName } from '../share/experimentFile.ts';
import { fragmentIn } from './fragmentIn.ts';

const CAPTURES = /\.(npz|npy|safetensors)$/i;
const FIELD = 'input, textarea, [contenteditable]';

/** Listens for what is dropped and pasted. */
export function acceptIncoming(session: Session): void {
  window.addEventListener('dragover', (event) => {
    const types = event.dataTransfer?.types ?? [];
    const isOurs = types.includes('Files') || (types.includes('text/uri-list') && !isInField(event));
    if (isOurs) event.preventDefault(); // else no drop follows
  });
  const accept = (event: Event, data: DataTransfer | null) => {
    if (data && !event.defaultPrevented && takeIn(session, event, data)) event.preventDefault();
  };
  window.addEventListener('drop', (event) => accept(event, event.dataTransfer));
  window.addEventListener('paste', (event) => accept(event, event.clipboardData));
}

/** Opens an experiment file, whatever its name. */
export async function openExperiment(session: Session, file: File): Promise<void> {
  await session.openExperimentFile(await file.text());
}

/** Opens what came, and says whether it was something to open. */
function takeIn(session: Session, event: Event, data: DataTransfer): boolean {
  const [file, ...others] = data.files;
  if (file) return others.length === 0 && takeFile(session, file);
  return !isInField(event) && takeText(session, data.getData('text/uri-list') || data.getData('text/plain'));
}

function takeFile(session: Session, file: File): boolean {
  if (isExperimentFileName(file.name)) void openExperiment(session, file);
  else if (CAPTURES.test(file.name))
    void file.arrayBuffer().then((buffer) => session.openCaptures(file.name, new Uint8Array(buffer)));
  else if (/\.txt$/i.test(file.name)) void takePrompt(session, file);
  else return false;
  return true;
}

/** A text file is the prompt, as it is; a text that no model's context holds is refused before it is read. */
async function takePrompt(session: Session, file: File): Promise<void> {
  if (file.size <= LONGEST_PROMPT_BYTES) session.setPrompt(await file.text());
  else session.say({ text: `${file.name} has ${file.size} bytes: no prompt is that long.`, tone: 'bad' });
}

const LONGEST_PROMPT_BYTES = 2 ** 20;

function takeText(session: Session, text: string): boolean {
  const fragment = fragmentIn(text, location.href);
  if (fragment !== null) {
    history.pushState(null, '', fragment); // Back leads to what was here
    void session.openLink(fragment);
  } else if (/^\s*\{\s*"splitscope"/.test(text)) void session.openExperimentFile(text);
  else return false;
  return true;
}

function isInField({ target }: Event): boolean {
  return target instanceof Element && target.closest(FIELD) !== null;
}
