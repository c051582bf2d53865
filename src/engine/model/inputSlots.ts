// What a run reads besides weights: ids, positions, ALiBi's slopes, one rotary table per distinct configuration.
import { alibiSlopes } from '../checkpoint/alibiSlopes.ts';
import type { ModelConfig } from '../checkpoint/modelConfig.ts';
import { rotaryTable } from '../checkpoint/rotaryTable.ts';
import type { Gpu } from '../gpu/device.ts';
import { BufferSlot } from '../gpu/gpuTensor.ts';
import type { GpuWeights } from './gpuWeights.ts';
import type { KvCache } from './kvCache.ts';

type InputRequest = {
  readonly model: { readonly config: ModelConfig; readonly weights: GpuWeights };
  readonly batch: number;
  readonly nPos: number;
  readonly cache?: KvCache | undefined;
};

export type InputSlots = {
  readonly tokenIds: BufferSlot;
  readonly positionIds: BufferSlot | null;
  readonly rotaryTables: readonly (BufferSlot | null)[];
  readonly alibiSlopes: BufferSlot | null; // [n_heads]
  readonly none: BufferSlot;
  readonly slots: readonly BufferSlot[];
  readonly fill: (gpu: Gpu) => void; // once allocated
  readonly moveTo: (gpu: Gpu, position: number) => void; // where the first row stands, beside a cache; 0 before
};

/** Plans them for a run of `batch` × `nPos` rows. */
export function inputSlots({ model, batch, nPos, cache }: InputRequest): InputSlots {
  const { config } = model;
  const rows = batch * nPos;
  const tokenIds = new BufferSlot('token_ids', rows * 4);
  const none = new BufferSlot('none', 16);
  const positionIds = model.weights.W_pos ? new BufferSlot('position_ids', rows * 4) : null;
  const tables = new Map<string, { readonly slot: BufferSlot; readonly values: Float32Array<ArrayBuffer> }>();
  const rotaryTables = config.rotary.map((rotary) => {
    if (!rotary) return null;
    const key = JSON.stringify(rotary);
    const known = tables.get(key);
    if (known) return known.slot;
    const { cos, sin } = rotaryTable(rotary, cache?.capacity ?? nPos);
    const values = new Float32Array(cos.length * 2);
    cos.forEach((value, i) => {
      values[2 * i] = value;
      values[2 * i + 1] = sin[i] ?? 0;
    });
    const slot = new BufferSlot('rotary_table', values.byteLength);
    tables.set(key, { slot, values });
    return slot;
  });
  const positions = new Uint32Array(rows);
  const moveTo = (gpu: Gpu, position: number) => {
    if (!positionIds) return;
    for (let row = 0; row < rows; row++) positions[row] = position + (row % nPos) + config.positionOffset;
    gpu.device.queue.writeBuffer(positionIds.buffer, 0, positions);
  };
  const slopes = config.positional === 'alibi' ? Float32Array.from(alibiSlopes(config.nHeads)) : null;
  const slopesSlot = slopes && new BufferSlot('alibi_slopes', slopes.byteLength);
  return {
    tokenIds,
    positionIds,
    rotaryTables,
    alibiSlopes: slopesSlot,
    none,
    slots: [
      tokenIds,
      none,
      ...[positionIds, slopesSlot].filter((slot) => slot !== null),
      ...[...tables.values()].map(({ slot }) => slot),
    ],
    fill: (gpu) => {
      for (const { slot, values } of tables.values()) gpu.device.queue.writeBuffer(slot.buffer, 0, values);
      if (slopes && slopesSlot) gpu.device.queue.writeBuffer(slopesSlot.buffer, 0, slopes);
      moveTo(gpu, 0);
    },
    moveTo,
  };
}
