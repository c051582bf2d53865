// The layout of layoutWeight.wgsl, done by the host: for a software adapter, whose shaders run on the host's own cores and move bits
// many times slower than a plain loop does. It takes what it can lay out by whole panels and leaves the rest to the kernel.
// The bits are the same; a test holds the two together.
import { bytesPerElement, type WeightDtype } from '../tensor/dtype.ts';
import { chunksOf, PANEL_COLUMNS, type PanelMatrix, panelsPerGroup } from './gpuWeight.ts';
import { type SourceView, startOf, touchedColumns } from './layoutWeight.ts';

export type HostSource = {
  readonly bytes: Uint8Array<ArrayBuffer>; // of the piece
  readonly dtype: WeightDtype;
  readonly base: number; // elements of the tensor before the piece's first
};

/** Panels that are ready to be written: `elements` of `panels` from its beginning, at this byte of the target's buffer. */
export type HostPanels = { readonly byteOffset: number; readonly panels: Words; readonly elements: number };

type Words = Uint32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;

/** Lays pieces out one after another in one array that grows as needed: what it gives is good until the next call. */
export class HostLayout {
  #scratch = new ArrayBuffer(0);

  /**
   * The panels of a Linear (k contiguous) of which the piece holds all eight columns, or all that a group has; null where the piece
   * cuts a panel, or the view or the dtype is another: the kernel's work.
   */
  panels(source: HostSource, view: SourceView, target: PanelMatrix): HostPanels | null {
    if (view.rowStride !== 1 || target.dtype !== source.dtype) return null;
    const words = wordsOf(source.bytes, source.dtype);
    const { rows, groupColumns } = target;
    const [first, end] = touchedColumns(view, target, source.base, source.base + words.length);
    if (first >= end) return { byteOffset: 0, panels: words, elements: 0 };
    const isWhole = startOf(view, first) >= source.base && startOf(view, end - 1) + rows <= source.base + words.length;
    if (!isWhole || !beginsPanel(first, groupColumns) || !beginsPanel(end, groupColumns)) return null;
    const panelElements = chunksOf(rows) * 4 * PANEL_COLUMNS;
    const firstPanel = panelOf(first, groupColumns);
    const elements = (panelOf(end - 1, groupColumns) + 1 - firstPanel) * panelElements;
    const panels = this.#array(elements, source.dtype);
    const isPadded = rows % 4 !== 0 || groupColumns % PANEL_COLUMNS !== 0;
    if (isPadded) panels.fill(0, 0, elements);
    for (let n = first, at = 0; n < end; at += panelElements) {
      const count = Math.min(PANEL_COLUMNS, groupColumns - (n % groupColumns));
      const starts = Array.from({ length: count }, (_, lane) => startOf(view, n + lane) - source.base);
      copyPanel(words, starts, rows, panels, at);
      n += count;
    }
    const before = target.firstGroup * panelsPerGroup(groupColumns) + firstPanel;
    return { byteOffset: before * panelElements * panels.BYTES_PER_ELEMENT, panels, elements };
  }

  #array(elements: number, dtype: WeightDtype): Words {
    if (this.#scratch.byteLength < elements * 4) this.#scratch = new ArrayBuffer(elements * 4);
    return dtype === 'f32' ? new Uint32Array(this.#scratch) : new Uint16Array(this.#scratch);
  }
}

/** One panel: [k][8 columns]. Eight columns at a time are written side by side; fewer, at a group's end, one after another. */
function copyPanel(from: Words, starts: readonly number[], rows: number, to: Words, at: number): void {
  if (starts.length < PANEL_COLUMNS) {
    starts.forEach((start, lane) => {
      for (let k = 0; k < rows; k++) to[at + k * PANEL_COLUMNS + lane] = from[start + k] ?? 0;
    });
    return;
  }
  const isPaired = from instanceof Uint16Array && to instanceof Uint16Array && rows % 2 === 0;
  if (isPaired && from.byteOffset % 4 === 0 && starts.every((start) => start % 2 === 0)) {
    const length = from.length >>> 1;
    copyPairs(
      new Int32Array(from.buffer, from.byteOffset, length),
      starts.map((start) => start / 2),
      rows / 2,
      new Int32Array(to.buffer, to.byteOffset, to.length >>> 1),
      at / 2,
    );
  } else copyElements(from, starts, rows, to, at);
}

function copyElements(from: Words, starts: readonly number[], rows: number, to: Words, at: number): void {
  const [s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0] = starts;
  for (let k = 0, o = at; k < rows; k++, o += PANEL_COLUMNS) {
    to[o] = from[s0 + k] ?? 0;
    to[o + 1] = from[s1 + k] ?? 0;
    to[o + 2] = from[s2 + k] ?? 0;
    to[o + 3] = from[s3 + k] ?? 0;
    to[o + 4] = from[s4 + k] ?? 0;
    to[o + 5] = from[s5 + k] ?? 0;
    to[o + 6] = from[s6 + k] ?? 0;
    to[o + 7] = from[s7 + k] ?? 0;
  }
}

/** The same of 16-bit elements, two k of two columns at a time: half the loads and stores, which are what it takes. Units: words. */
function copyPairs(from: Int32Array, starts: readonly number[], words: number, to: Int32Array, at: number): void {
  const [s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0] = starts;
  for (let pair = 0, o = at; pair < words; pair++, o += PANEL_COLUMNS) {
    const a = from[s0 + pair] ?? 0;
    const b = from[s1 + pair] ?? 0;
    const c = from[s2 + pair] ?? 0;
    const d = from[s3 + pair] ?? 0;
    to[o] = (a & 0xffff) | (b << 16);
    to[o + 1] = (c & 0xffff) | (d << 16);
    to[o + 4] = (a >>> 16) | (b & 0xffff0000);
    to[o + 5] = (c >>> 16) | (d & 0xffff0000);
    const e = from[s4 + pair] ?? 0;
    const f = from[s5 + pair] ?? 0;
    const g = from[s6 + pair] ?? 0;
    const h = from[s7 + pair] ?? 0;
    to[o + 2] = (e & 0xffff) | (f << 16);
    to[o + 3] = (g & 0xffff) | (h << 16);
    to[o + 6] = (e >>> 16) | (f & 0xffff0000);
    to[o + 7] = (g >>> 16) | (h & 0xffff0000);
  }
}

function beginsPanel(n: number, groupColumns: number): boolean {
  return (n % groupColumns) % PANEL_COLUMNS === 0;
}

function panelOf(n: number, groupColumns: number): number {
  return Math.floor(n / groupColumns) * panelsPerGroup(groupColumns) + Math.floor((n % groupColumns) / PANEL_COLUMNS);
}

/** The piece as words of its dtype; a copy where it begins at an odd byte. */
function wordsOf(bytes: Uint8Array<ArrayBuffer>, dtype: WeightDtype): Words {
  const elementBytes = bytesPerElement(dtype);
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % elementBytes === 0 ? bytes : bytes.slice();
  return dtype === 'f32'
    ? new Uint32Array(buffer, byteOffset, byteLength / 4)
    : new Uint16Array(buffer, byteOffset, byteLength / 2);
}
