// The local server of the load row, in Node: a random checkpoint of pythia-410m's geometry, in the dtype that its repository has, given
// as the hub gives it (a redirect to another host for every range of the weights).
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GEOMETRIES } from '../src/cli/geometry/geometries.ts';
import { writeCheckpoint } from '../src/cli/geometry/writeCheckpoint.ts';
import { type HubServer, openHubServer } from '../test/support/hubServer.ts';
import type { LoadFrom } from './load.ts';

const NAME = 'pythia-410m';
const REPO = `splitscope/${NAME}`;

/** Writes the checkpoint, serves it from memory, and removes the files. */
export async function openLoadServer(): Promise<LoadFrom & Pick<HubServer, 'close'>> {
  const geometry = GEOMETRIES.find(({ name }) => name === NAME);
  if (!geometry) throw new Error(`internal: no geometry ${NAME}`);
  const folder = await mkdtemp(join(tmpdir(), 'splitscope-bench-'));
  try {
    await writeCheckpoint(folder, geometry, 'F16');
    const files = {
      'config.json': await readFile(join(folder, 'config.json')),
      'model.safetensors': await readFile(join(folder, 'model.safetensors')),
    };
    const server = await openHubServer({ [REPO]: { files } });
    return { endpoint: server.url, repo: REPO, close: () => server.close() };
  } finally {
    await rm(folder, { recursive: true });
  }
}
