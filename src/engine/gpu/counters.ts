// Exact counts of what was asked of the GPU: comparable between machines, where times are not.

export type GpuCounters = {
  dispatches: number;
  submits: number;
  bufferAllocations: number;
  allocatedBytes: number;
  pipelinesCompiled: number;
  bindGroups: number;
  uploadedBytes: number;
  readbackBytes: number;
};

/** Starts all counts at 0. */
export function zeroCounters(): GpuCounters {
  return {
    dispatches: 0,
    submits: 0,
    bufferAllocations: 0,
    allocatedBytes: 0,
    pipelinesCompiled: 0,
    bindGroups: 0,
    uploadedBytes: 0,
    readbackBytes: 0,
  };
}

/** Tells what was counted between two readings. */
export function countedSince(before: GpuCounters, now: GpuCounters): GpuCounters {
  return {
    dispatches: now.dispatches - before.dispatches,
    submits: now.submits - before.submits,
    bufferAllocations: now.bufferAllocations - before.bufferAllocations,
    allocatedBytes: now.allocatedBytes - before.allocatedBytes,
    pipelinesCompiled: now.pipelinesCompiled - before.pipelinesCompiled,
    bindGroups: now.bindGroups - before.bindGroups,
    uploadedBytes: now.uploadedBytes - before.uploadedBytes,
    readbackBytes: now.readbackBytes - before.readbackBytes,
  };
}
