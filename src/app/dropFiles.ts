// One file dropped anywhere on the page: captures become run B, an experiment is opened.
import type { Session } from '../session/session.ts';
import { EXPERIMENT_FILE_SUFFIX } from '../share/experimentFile.ts';

const CAPTURES = /\.(npz|npy|safetensors)$/i;

/** Listens for dropped files of these kinds; whatever else is dropped is left to the browser and to others. */
export function acceptDroppedFiles(session: Session): void {
  window.addEventListener('dragover', (event) => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault(); // else no drop follows
  });
  window.addEventListener('drop', (event) => {
    const [file, ...others] = event.dataTransfer?.files ?? [];
    if (!file || others.length > 0 || event.defaultPrevented) return;
    const isExperiment = file.name.toLowerCase().endsWith(EXPERIMENT_FILE_SUFFIX);
    if (!isExperiment && !CAPTURES.test(file.name)) return;
    event.preventDefault();
    if (isExperiment) void openExperiment(session, file);
    else void file.arrayBuffer().then((buffer) => session.openCaptures(file.name, new Uint8Array(buffer)));
  });
}

/** Opens an experiment file, whatever its name. */
export async function openExperiment(session: Session, file: File): Promise<void> {
  await session.openExperimentFile(await file.text());
}
