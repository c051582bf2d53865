// Reads a direction out of a file: an array of numpy, or numbers as text.
import { readNpy } from '../captures/npy.ts';
import { MAX_VALUES, readVector } from '../views/interventions/operations.ts';
import type { ReadVectorFile } from '../views/interventions/VectorField.tsx';

/** The numbers of a file, row-major; or what is wrong with it. */
export const readVectorFile: ReadVectorFile = async (file) => {
  if (!file.name.toLowerCase().endsWith('.npy')) {
    return (
      readVector(await file.text()) ?? `${file.name} holds something that is no number, or more than ${MAX_VALUES}.`
    );
  }
  try {
    const { values } = readNpy(file.name, new Uint8Array(await file.arrayBuffer()));
    if (values.length > MAX_VALUES || values.length === 0) {
      return `${file.name} holds ${values.length} numbers; 1 to ${MAX_VALUES} are taken.`;
    }
    return values.every(Number.isFinite) ? Array.from(values) : `${file.name} holds NaN or infinity.`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};
