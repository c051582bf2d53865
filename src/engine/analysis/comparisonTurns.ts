// How the pairs of a comparison take turns at its slabs and its histograms: small ones are copied side by side and compared by a dispatch
// for each way that they lie (sideBySide.ts), large ones where they are.
import { BufferSlot } from '../gpu/gpuTensor.ts';
import type { Paper } from '../gpu/paper.ts';
import type { Dispatch, Plan } from '../gpu/plan.ts';
import {
  type CompareBuffers,
  type CompareShape,
  compare,
  PAIR_WORDS,
  type PairWork,
  pairDims,
  walkOf,
} from '../kernels/compare.ts';
import { type Copy, isSmall, type Slabs, sideBySide, slabWords } from './sideBySide.ts';

/** Copies, then dispatches from `first` up to `end`, which count in histograms that are empty before. */
export type Turn = { readonly copies: readonly Copy[]; readonly first: number; readonly end: number };

export type Turns = Pick<Paper, 'dispatches' | 'owned' | 'uploads'> & {
  readonly turns: readonly Turn[];
  readonly histograms: readonly number[]; // which each pair counts in
};

export type Deal = {
  readonly buffers: Omit<CompareBuffers, 'works' | 'groups'>;
  readonly shape: CompareShape;
  readonly abreast: number | null; // pairs of a turn at most, each with a histogram; null: all count in one, which nobody reads
};

/** Words of a slab, at most. */
const SLAB_WORDS = 1 << 18;

/** Deals out pairs, in their order; `behind` ends the turn of the pairs from `first` up to `end`. */
export function dealTurns(
  works: readonly PairWork[],
  { buffers, shape, abreast }: Deal,
  behind: (first: number, end: number) => Dispatch | null = () => null,
): Turns {
  const cuts = cutTurns(works, abreast ?? works.length);
  const most = 4 * Math.max(0, ...cuts.map(({ words }) => words));
  const slabs: Slabs = { a: new BufferSlot('slab of a', most), b: new BufferSlot('slab of b', most) };
  const table = new WorkTable(works);
  const [dispatches, turns, histograms]: [Dispatch[], Turn[], number[]] = [[], [], []];
  for (const { first, end } of cuts) {
    const begin = dispatches.length;
    const all = works.slice(first, end).map((work, at) => ({ ...work, histogram: abreast === null ? 0 : at }));
    histograms.push(...all.map(({ histogram }) => histogram));
    const { copies, copied } = sideBySide(all.filter(isSmall), slabs);
    const large = all.filter((work) => !isSmall(work)).map((work) => [work]);
    for (const some of [...alike(copied), ...large]) {
      dispatches.push(compare(some, table.add(some), { ...buffers, ...table.slots }, shape));
    }
    const last = behind(first, end);
    if (last) dispatches.push(last);
    turns.push({ copies, first: begin, end: dispatches.length });
  }
  return {
    turns,
    histograms,
    dispatches,
    owned: [slabs.a, slabs.b, ...Object.values(table.slots)],
    uploads: table.uploads,
  };
}

/** Pairs by the way that they lie. */
function alike(works: readonly PairWork[]): PairWork[][] {
  const lying = new Map<string, PairWork[]>();
  for (const work of works) {
    const walk = walkOf(work.pair);
    lying.set(walk, [...(lying.get(walk) ?? []), work]);
  }
  return [...lying.values()];
}

/** Encodes every turn, each with its histograms cleared where they are read. */
export function encodeTurns(
  encoder: GPUCommandEncoder,
  plan: Plan,
  turns: readonly Turn[],
  cleared?: BufferSlot,
): void {
  for (const { copies, first, end } of turns) {
    if (cleared) encoder.clearBuffer(cleared.buffer);
    for (const { from, to, fromWord, toWord, words } of copies) {
      encoder.copyBufferToBuffer(from.buffer, 4 * fromWord, to.buffer, 4 * toWord, 4 * words);
    }
    plan.encode(encoder, first, end);
  }
  plan.encode(encoder, turns.at(-1)?.end ?? 0);
}

type Cut = { readonly first: number; readonly end: number; readonly words: number };

/** Cuts pairs into turns that fit the slabs. */
function cutTurns(works: readonly PairWork[], abreast: number): Cut[] {
  const cuts: Cut[] = [];
  let [first, words] = [0, 0];
  works.forEach((work, at) => {
    const more = isSmall(work) ? slabWords(work.pair) : 0;
    if (at - first === abreast || words + more > SLAB_WORDS) {
      cuts.push({ first, end: at, words });
      [first, words] = [at, 0];
    }
    words += more;
  });
  if (first < works.length) cuts.push({ first, end: works.length, words });
  return cuts;
}

/** What workgroups look up: each dispatch's workgroups in a row, (pair, workgroup of it), and the pairs' dims. */
class WorkTable {
  readonly slots: Pick<CompareBuffers, 'works' | 'groups'>;
  readonly #works: number[][] = [];
  readonly #groups: number[][] = [];

  constructor(works: readonly PairWork[]) {
    const groups = works.reduce((sum, { workgroups }) => sum + workgroups, 0);
    this.slots = {
      works: new BufferSlot('pairs to compare', 4 * PAIR_WORDS * works.length),
      groups: new BufferSlot('workgroups of pairs', 8 * groups),
    };
  }

  /** Adds the workgroups of one dispatch; gives where they begin. */
  add(works: readonly PairWork[]): number {
    const first = this.#groups.length;
    for (const work of works) {
      for (let at = 0; at < work.workgroups; at++) this.#groups.push([this.#works.length, at]);
      this.#works.push(pairDims(work));
    }
    return first;
  }

  get uploads(): Paper['uploads'] {
    return [
      [this.slots.works, Uint32Array.from(this.#works.flat())],
      [this.slots.groups, Uint32Array.from(this.#groups.flat())],
    ];
  }
}
