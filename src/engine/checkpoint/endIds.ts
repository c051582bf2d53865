// The tokens that end a text: eos_token_id of generation_config.json, or of config.json where that has none.
import type { CheckpointFolder } from './byteSource.ts';
import { readJson } from './readText.ts';

/** Reads their ids; none where neither file names one. */
export async function readEndIds(folder: CheckpointFolder, signal?: AbortSignal): Promise<readonly number[]> {
  for (const name of ['generation_config.json', 'config.json']) {
    const file = await folder.open(name, signal);
    const json: unknown = file && (await readJson(file, signal));
    if (typeof json !== 'object' || json === null || !('eos_token_id' in json)) continue;
    const ids: readonly unknown[] = Array.isArray(json.eos_token_id) ? json.eos_token_id : [json.eos_token_id];
    const valid = ids.filter((id): id is number => typeof id === 'number' && Number.isInteger(id) && id >= 0);
    if (valid.length > 0) return valid;
  }
  return [];
}
