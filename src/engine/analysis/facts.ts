// Structural facts of a run, checked bit for bit on its captures, on the GPU: what must hold whatever the weights are. Copies are checked
// by preparedCopies.ts, rows and masks of patterns by patternCheck.ts.
import type { Capture } from '../capture/capture.ts';
import type { GpuTensor } from '../gpu/gpuTensor.ts';
import { type BlockHook, blockHook, type HookName, parseHookName } from '../hooks/hookName.ts';
import type { StructuralFact } from './comparison.ts';
import type { Pair } from './pairing.ts';
import { PatternCheck, patternsBytes } from './patternCheck.ts';
import { copiesBytes, PreparedCopies } from './preparedCopies.ts';

export type FactMode = {
  readonly split: boolean;
  readonly repeated: boolean;
  readonly nKeyValueHeads: number;
  readonly edited?: ReadonlySet<HookName>; // by interventions: what they made there is no fact of the model
};

/** Checks a run's captures once; which facts there are depends on the mode it ran in. */
export async function structuralFacts(run: Capture, mode: FactMode): Promise<StructuralFact[]> {
  const prepared = await PreparedFacts.make(run, mode);
  try {
    return await prepared.check();
  } finally {
    prepared.destroy();
  }
}

/** The bytes that the checks of these captures, which may be on paper, will hold. */
export function factsBytes(run: Capture, mode: FactMode): number {
  const { layers, inputs, copies } = asked(run, mode);
  const bytesOf = (pairs: readonly Pair[] | null) => (pairs ? copiesBytes(run.gpu, pairs) : 0);
  return bytesOf(inputs) + bytesOf(copies) + patternsBytes(run, layers, mode.edited);
}

/** What this mode has checked; null where there is nothing of the kind. */
function asked(run: Capture, mode: FactMode) {
  const layers = layersOf(run);
  const unless = (...hooks: BlockHook[]) =>
    layers.filter((layer) => !hooks.some((hook) => mode.edited?.has(blockHook(layer, hook))));
  const split = unless('hook_q_input', 'hook_k_input', 'hook_v_input');
  const repeated = unless('hook_attn_in', 'hook_k_input', 'hook_v_input', 'attn.hook_k', 'attn.hook_v');
  return {
    layers,
    inputs: mode.split ? inputPairs(run, split) : null, // a fused run has no such inputs
    copies: mode.repeated ? copyPairs(run, repeated, mode.nKeyValueHeads) : null, // nothing is repeated
  };
}

/** The facts of one run's captures, ready to be checked again and again. The captures must outlive it. */
export class PreparedFacts {
  readonly run: Capture;
  readonly #layers: number;
  readonly #inputs: PreparedCopies | null;
  readonly #copies: PreparedCopies | null;
  readonly #patterns: PatternCheck;

  private constructor(run: Capture, parts: Parts) {
    this.run = run;
    this.#layers = parts.layers;
    this.#inputs = parts.inputs;
    this.#copies = parts.copies;
    this.#patterns = parts.patterns;
  }

  /** Plans the checks that this mode has. Whoever made it frees it by `destroy`. */
  static async make(run: Capture, mode: FactMode): Promise<PreparedFacts> {
    const { layers, inputs, copies } = asked(run, mode);
    return new PreparedFacts(run, {
      layers: layers.length,
      inputs: inputs && (await PreparedCopies.make(run.gpu, inputs)),
      copies: copies && (await PreparedCopies.make(run.gpu, copies)),
      patterns: await PatternCheck.make(run, layers, mode.edited),
    });
  }

  /** Checks what the captures hold now. */
  async check(): Promise<StructuralFact[]> {
    const facts = await this.#patterns.check();
    if (this.#inputs) facts.unshift(await this.#copied('split-inputs-are-resid-pre', this.#inputs));
    if (this.#copies) facts.push(await this.#copied('repeat-kv-is-copy', this.#copies));
    return facts;
  }

  destroy(): void {
    for (const part of [this.#inputs, this.#copies, this.#patterns]) part?.destroy();
  }

  async #copied(
    id: 'split-inputs-are-resid-pre' | 'repeat-kv-is-copy',
    copies: PreparedCopies,
  ): Promise<StructuralFact> {
    const differing = await copies.differing();
    const what = {
      'split-inputs-are-resid-pre': `q, k and v inputs of ${this.#layers} blocks differ from hook_resid_pre in`,
      'repeat-kv-is-copy': `k and v of ${this.#layers} blocks differ from the first head of each group in`,
    }[id];
    return { id, holds: differing === 0, detail: `${what} ${differing} elements` };
  }
}

type Parts = {
  readonly layers: number;
  readonly inputs: PreparedCopies | null;
  readonly copies: PreparedCopies | null;
  readonly patterns: PatternCheck;
};

function layersOf(run: Capture): number[] {
  const layers = run.hooks.map(parseHookName).flatMap((hook) => (hook?.kind === 'block' ? [hook.layer] : []));
  return [...new Set(layers)];
}

function inputPairs(run: Capture, layers: readonly number[]): Pair[] {
  const inputs: readonly BlockHook[] = ['hook_q_input', 'hook_k_input', 'hook_v_input'];
  return layers.flatMap((layer) =>
    inputs.flatMap((hook) => {
      const [stream, input] = [run.tensor(blockHook(layer, 'hook_resid_pre')), run.tensor(blockHook(layer, hook))];
      return stream && input ? [{ label: blockHook(layer, hook), a: stream, b: input }] : [];
    }),
  );
}

/** k and v of every head, each beside the first head of its group: [pos, kv_heads, repeats, d_head]. */
function copyPairs(run: Capture, layers: readonly number[], nKeyValueHeads: number): Pair[] {
  const hooks: readonly BlockHook[] = ['attn.hook_k', 'attn.hook_v'];
  return layers.flatMap((layer) =>
    hooks.flatMap((hook) => {
      const tensor = run.tensor(blockHook(layer, hook));
      if (!tensor) return [];
      return [
        { label: blockHook(layer, hook), a: grouped(tensor, nKeyValueHeads, 0), b: grouped(tensor, nKeyValueHeads, 1) },
      ];
    }),
  );
}

/** [pos, n_heads, d_head] as [pos, kv_heads, repeats, d_head]; `step` 0: each group's first head throughout. */
function grouped(tensor: GpuTensor, nKeyValueHeads: number, step: 0 | 1): GpuTensor {
  const [nPos = 0, nHeads = 0, dHead = 0] = tensor.shape;
  const [row = 0, head = 0, element = 1] = tensor.strides;
  const repeats = nHeads / nKeyValueHeads;
  const shape = [nPos, nKeyValueHeads, repeats, dHead];
  return { ...tensor, shape, strides: [row, head * repeats, head * step, element] };
}
