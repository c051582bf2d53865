// Counts the bytes of the buffers that we hold on one device, and holds them to a budget where one is set. What drivers add
// (alignment, the staging of writeBuffer) is theirs and is not seen here.
import { GpuError } from './gpuError.ts';
import type { BufferSlot } from './gpuTensor.ts';

export class GpuMemory {
  /** Bytes that we may hold at a time; null: as many as the adapter allows. */
  budgetBytes: number | null = null;
  #liveBytes = 0;
  #peakBytes = 0;

  /** Bytes held now. */
  get liveBytes(): number {
    return this.#liveBytes;
  }

  /** The most bytes held at once since the last `resetPeak`. */
  get peakBytes(): number {
    return this.#peakBytes;
  }

  resetPeak(): void {
    this.#peakBytes = this.#liveBytes;
  }

  /** Counts a buffer as held; the result counts it as freed. */
  take(byteLength: number): () => void {
    this.#liveBytes += byteLength;
    this.#peakBytes = Math.max(this.#peakBytes, this.#liveBytes);
    return () => {
      this.#liveBytes -= byteLength;
    };
  }

  /** Throws `limit` where these buffers, beside those held, are beyond the budget. */
  checkBudget(wanted: readonly BufferSlot[]): void {
    if (this.budgetBytes === null) return;
    const bytes = wanted.reduce((sum, slot) => sum + slot.byteLength, 0);
    if (this.#liveBytes + bytes <= this.budgetBytes) return;
    throw new GpuError(
      'limit',
      `${bytes} more bytes are needed (largest first: ${largestSlots(wanted)}) beside the ${this.#liveBytes} held, and the ` +
        `budget is ${this.budgetBytes}. Raise the budget, capture fewer hooks, or shorten the prompt.`,
    );
  }
}

/** Names the three largest buffers, each with its bytes. */
export function largestSlots(slots: readonly BufferSlot[]): string {
  const sorted = [...slots].sort((a, b) => b.byteLength - a.byteLength);
  return sorted
    .slice(0, 3)
    .map((slot) => `${slot.label} ${slot.byteLength}`)
    .join(', ');
}
