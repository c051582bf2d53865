// The one bar of a load: bytes over the network while there are any to come, what the GPU took otherwise. At most ten reports a second.
import { ProgressMeter } from '../sources/progressMeter.ts';
import type { Progress } from './protocol.ts';

const REPORT_MS = 100;

export class LoadProgress {
  readonly #report: (progress: Progress) => void;
  readonly #meter: ProgressMeter;
  #note: string | null = null;
  #lastMs = 0;

  constructor(report: (progress: Progress) => void, totalBytes: number, cachedBytes: number) {
    this.#report = report;
    this.#meter = new ProgressMeter(totalBytes, cachedBytes);
    this.#tellDownload(true);
  }

  received(byteCount: number): void {
    this.#meter.add(byteCount, performance.now());
    this.#tellDownload(this.#meter.isComplete);
  }

  /** What holds the download up; null when it goes on. */
  waits(why: string | null): void {
    if (why === this.#note) return;
    this.#note = why;
    this.#meter.restart();
    this.#tellDownload(true);
  }

  /** It was paused, or goes on: what passed before says nothing of the pace from here. */
  switches(): void {
    this.#meter.restart();
    this.#tellDownload(true);
  }

  uploaded(done: number, total: number): void {
    if (!this.#meter.isComplete) return;
    this.#tell({ kind: 'load', phase: 'upload', done, total, unit: 'bytes' }, done === total);
  }

  verifies(): void {
    if (!this.#meter.isComplete) return;
    const { totalBytes } = this.#meter.read();
    this.#tell({ kind: 'load', phase: 'verify', done: totalBytes, total: totalBytes, unit: 'bytes' }, true);
  }

  #tellDownload(atOnce: boolean): void {
    const { doneBytes, totalBytes, etaMs } = this.#meter.read();
    const amounts = { done: Math.min(doneBytes, totalBytes), total: totalBytes, etaMs, note: this.#note };
    this.#tell({ kind: 'load', phase: 'download', unit: 'bytes', ...amounts }, atOnce);
  }

  #tell(progress: Progress, atOnce: boolean): void {
    const nowMs = performance.now();
    if (!atOnce && nowMs - this.#lastMs < REPORT_MS) return;
    this.#lastMs = nowMs;
    this.#report(progress);
  }
}
