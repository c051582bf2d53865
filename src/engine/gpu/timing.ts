// GPU time per dispatch, by timestamp queries, each dispatch in a pass of its own. Slower than a plain run; for the Profile drawer.
import type { Gpu } from './device.ts';
import type { Plan } from './plan.ts';

const QUERY_RESOLVE = 0x200;
const COPY_SRC = 0x4;
const COPY_DST = 0x8;
const MAP_READ = 0x1;
const MAP_MODE_READ = 0x1;

/** Most queries of one set (WebGPU's limit); a longer plan is timed in several. */
const MAX_QUERIES = 4096;

/** Runs a plan's dispatches from `start` up to `end` and tells each one's milliseconds; null where the GPU has no timestamps. */
export async function timeDispatches(
  gpu: Gpu,
  plan: Plan,
  start = 0,
  end = plan.dispatches.length,
): Promise<number[] | null> {
  if (!gpu.device.features.has('timestamp-query')) return null;
  const times: number[] = [];
  const perBatch = MAX_QUERIES / 2;
  for (let first = start; first < end; first += perBatch) {
    times.push(...(await timeBatch(gpu, plan, first, Math.min(perBatch, end - first))));
  }
  return times;
}

async function timeBatch(gpu: Gpu, plan: Plan, first: number, count: number): Promise<number[]> {
  const { device } = gpu;
  const bytes = count * 16; // two u64 a dispatch
  const querySet = device.createQuerySet({ type: 'timestamp', count: count * 2 });
  const resolved = device.createBuffer({ label: 'timestamps', size: bytes, usage: QUERY_RESOLVE | COPY_SRC });
  const staging = device.createBuffer({ label: 'timestamps readback', size: bytes, usage: COPY_DST | MAP_READ });
  const encoder = device.createCommandEncoder({ label: 'timed plan' });
  for (let at = 0; at < count; at++) {
    plan.encodeStep(encoder, first + at, {
      querySet,
      beginningOfPassWriteIndex: at * 2,
      endOfPassWriteIndex: at * 2 + 1,
    });
  }
  encoder.resolveQuerySet(querySet, 0, count * 2, resolved, 0);
  encoder.copyBufferToBuffer(resolved, 0, staging, 0, bytes);
  gpu.submit(encoder);
  await staging.mapAsync(MAP_MODE_READ);
  const stamps = new BigUint64Array(staging.getMappedRange());
  const times = Array.from(
    { length: count },
    (_, at) => Number((stamps[at * 2 + 1] ?? 0n) - (stamps[at * 2] ?? 0n)) / 1e6,
  );
  staging.destroy();
  resolved.destroy();
  querySet.destroy();
  return times;
}
