// One file of captures, dropped anywhere on the page, becomes run B.
import type { Session } from '../session/session.ts';

const CAPTURES = /\.(npz|npy|safetensors)$/i;

/** Listens for dropped capture files; whatever else is dropped is left to the browser and to others. */
export function acceptCaptureFiles(session: Session): void {
  const captureFile = (event: DragEvent): File | null => {
    const [file, ...others] = event.dataTransfer?.files ?? [];
    return file && others.length === 0 && CAPTURES.test(file.name) ? file : null;
  };
  window.addEventListener('dragover', (event) => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault(); // else no drop follows
  });
  window.addEventListener('drop', (event) => {
    const file = captureFile(event);
    if (!file || event.defaultPrevented) return;
    event.preventDefault();
    void file.arrayBuffer().then((buffer) => session.openCaptures(file.name, new Uint8Array(buffer)));
  });
}
