// What is said of the browser's storage where a model cannot be kept in it: what it holds, what is free, what was needed.
import type { ModelCache } from '../sources/cache/modelCache.ts';

/** Why a model of so many bytes more cannot be kept; null where it can. */
export async function noRoom(cache: ModelCache | null, neededBytes: number): Promise<string | null> {
  if (cache === null) return 'This browser gives the page no storage for models: it is loaded without being kept.';
  const room = await cache.room();
  if (room === null || neededBytes <= room.quotaBytes - room.usedBytes) return null;
  return (
    `The browser's storage holds ${mb(room.usedBytes)} and has ${mb(Math.max(0, room.quotaBytes - room.usedBytes))} free; ` +
    `this model needs ${mb(neededBytes)} more. ${WAY_ON}`
  );
}

/** What is said where the storage took no more while a model of so many bytes was being kept. */
export async function outOfRoom(cache: ModelCache | null, modelBytes: number): Promise<string> {
  const room = (await cache?.room()) ?? null;
  const held = room && `It holds ${mb(room.usedBytes)} of the ${mb(room.quotaBytes)} that it said to have. `;
  return `The browser's storage took no more of this model's ${mb(modelBytes)}. ${held ?? ''}${WAY_ON}`;
}

const WAY_ON = 'It is loaded without being kept; remove cached models to make room.';

function mb(bytes: number): string {
  return `${Math.round(bytes / 1e6).toLocaleString('en')} MB`;
}
