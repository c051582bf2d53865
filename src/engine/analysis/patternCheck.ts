// What must hold of every attention pattern: rows that sum to one, masked keys that are exactly zero. Checked on the GPU, in every layer
// whose scores and pattern were captured and not edited; four words a head are read back.
import type { Capture } from '../capture/capture.ts';
import { BufferSlot, type GpuTensor } from '../gpu/gpuTensor.ts';
import { type Paper, PreparedPaper, paperBytes } from '../gpu/paper.ts';
import { blockHook, type HookName } from '../hooks/hookName.ts';
import { patternFacts } from '../kernels/patternFacts.ts';
import { bitsOf, f32OfBits } from '../tensor/bits.ts';
import type { StructuralFact } from './comparison.ts';

/** A pattern's row sum errs by at most one rounding a term and the division's: (n + 3)·2⁻²⁴. */
const rowSumBound = (nKeys: number): number => (nKeys + 3) * 2 ** -24;

const NONE: ReadonlySet<HookName> = new Set();

/** The bytes that a check of these captures, which may be on paper, will hold. */
export function patternsBytes(run: Capture, layers: readonly number[], edited = NONE): number {
  return paperBytes(patternPaper(run, layers, edited));
}

type PatternPaper = Paper & { readonly heads: number; readonly nPos: number };

function patternPaper(run: Capture, layers: readonly number[], edited: ReadonlySet<HookName>): PatternPaper {
  const found = layers.flatMap((layer) => {
    const hooks = [blockHook(layer, 'attn.hook_attn_scores'), blockHook(layer, 'attn.hook_pattern')] as const;
    const [scores, pattern] = [run.tensor(hooks[0]), run.tensor(hooks[1])];
    return scores && pattern && !hooks.some((hook) => edited.has(hook)) ? [{ scores, pattern }] : [];
  });
  const [nHeads = 0, nPos = 0] = found[0]?.pattern.shape ?? [];
  const heads = found.length * nHeads;
  const facts = new BufferSlot('pattern facts', heads * 16);
  const lanes = run.gpu.adapter.isSoftware ? 4 : 64;
  const check = ({ scores, pattern }: { scores: GpuTensor; pattern: GpuTensor }, at: number) => {
    const of = { label: pattern.label, scores: scores.slot, pattern: pattern.slot, facts };
    return patternFacts({ ...of, nHeads, nPos, firstHead: at * nHeads, lanes });
  };
  const words = { label: facts.label, slot: facts, shape: [heads, 4], strides: [4, 1], offset: 0 };
  return { dispatches: found.map(check), owned: [facts], uploads: [], read: [words], heads, nPos };
}

/** Whoever made it frees it by `destroy`; the captures must outlive it. */
export class PatternCheck {
  readonly #paper: PatternPaper;
  readonly #prepared: PreparedPaper;

  private constructor(paper: PatternPaper, prepared: PreparedPaper) {
    this.#paper = paper;
    this.#prepared = prepared;
  }

  /** Plans the check of these layers. Throws `limit` or `out-of-memory`. */
  static async make(run: Capture, layers: readonly number[], edited = NONE): Promise<PatternCheck> {
    const paper = patternPaper(run, layers, edited);
    return new PatternCheck(paper, await PreparedPaper.make(run.gpu, paper));
  }

  /** Checks what the captures hold now. */
  async check(): Promise<StructuralFact[]> {
    const { heads, nPos } = this.#paper;
    if (heads === 0) return []; // no pattern was kept: nothing was seen, nothing is claimed
    const [read = new Float32Array()] = await this.#prepared.run('pattern facts');
    const words = bitsOf(read);
    let [worst, masked, wrong] = [0, 0, 0];
    for (let at = 0; at < words.length; at += 4) {
      worst = Math.max(worst, f32OfBits(words[at] ?? 0));
      masked += words[at + 1] ?? 0;
      wrong += words[at + 2] ?? 0;
    }
    const rows = heads * nPos;
    return [
      {
        id: 'rows-sum-to-one',
        holds: worst <= rowSumBound(nPos),
        detail: `largest |row sum − 1| is ${worst.toExponential(1)} over ${rows} rows`,
      },
      {
        id: 'masked-keys-are-zero',
        holds: wrong === 0,
        detail: `${wrong} of ${masked} masked keys have a pattern that is not exactly 0`,
      },
    ];
  }

  destroy(): void {
    this.#prepared.destroy();
  }
}
