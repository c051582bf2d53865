// The engines that run on the CPU, made of the reference: f64, the truth, and ieee, portable f32 rounding by rounding, which the GPU's
// portable arithmetic equals bit for bit. For models and prompts where that is seconds; beyond, refused with the figures.
import type { Activation } from '../capture/captured.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { HookName } from '../hooks/hookName.ts';
import { sourceOf } from '../hooks/intervention.ts';
import { ONLINE_BLOCK_KEYS } from '../kernels/attention.ts';
import { type Arithmetic, F64, ieee } from '../reference/arithmetic.ts';
import { type ReferenceRun, referenceSteps } from '../reference/forward.ts';
import { readReferenceWeights } from '../reference/loadWeights.ts';
import type { ReferenceTensor } from '../reference/referenceTensor.ts';
import type { OtherCaptures, OtherEngine, OtherEngines, OtherRequest } from './otherEngines.ts';
import { sortApplicable } from './preparedSide.ts';
import { parseOrder, type RunSpec } from './runSpec.ts';

/** Multiply-adds of one pass that are worth waiting for: plain loops make some 2·10⁸ of f64 a second, and of ieee a fifth of that. */
const MOST_MULTIPLY_ADDS = { f64: 4e9, ieee: 8e8 } as const;

export type CpuHost = {
  readonly checkpoint: Checkpoint;
  readonly pause: () => Promise<void>; // lets the host hear of an abort between two blocks
};

type CpuEngine = keyof typeof MOST_MULTIPLY_ADDS;

/** Makes both engines for one checkpoint. Its weights are read when a run first asks, and kept for the precision last asked for. */
export function cpuEngines(host: CpuHost): Pick<OtherEngines, CpuEngine> {
  let kept: {
    readonly precision: RunSpec['precision'];
    readonly weights: ReturnType<typeof readReferenceWeights>;
  } | null = null;
  const weightsOf = ({ precision }: RunSpec) => {
    if (kept?.precision !== precision) {
      const weights = readReferenceWeights(host.checkpoint, undefined, precision);
      const next = { precision, weights };
      kept = next;
      weights.catch(() => {
        if (kept === next) kept = null; // read again when asked again
      });
    }
    return kept.weights;
  };
  const engine = (name: CpuEngine): OtherEngine => {
    return async (request) => {
      const why = whyTooLong(host.checkpoint, request, name);
      if (why !== null) throw new Error(why);
      return run(host, request, { weights: await weightsOf(request.spec), arithmetic: arithmeticOf(request.spec) });
    };
  };
  return { f64: engine('f64'), ieee: engine('ieee') };
}

/** Says why a prompt takes too long on the CPU, with the figures; null where it does not. */
export function whyTooLong(
  { parameters, config }: Pick<Checkpoint, 'parameters' | 'config'>,
  { tokenIds, interventions }: Pick<OtherRequest, 'tokenIds' | 'interventions'>,
  engine: CpuEngine,
): string | null {
  const runs =
    1 + new Set(interventions.map((edit) => sourceOf(edit)?.prompt).filter((from) => from && from !== 'same')).size;
  const attention = config.nLayers * config.nHeads * config.dHead * tokenIds.length ** 2;
  const multiplyAdds = runs * (parameters * tokenIds.length + attention);
  const most = MOST_MULTIPLY_ADDS[engine];
  if (multiplyAdds <= most) return null;
  const told = (count: number) => count.toExponential(1);
  return `engine=${engine} would take ${told(multiplyAdds)} multiply-adds on the CPU for ${tokenIds.length} tokens, and ${told(most)} are the most that is run. Use a shorter prompt, a smaller model, or engine=webgpu with arithmetic=portable.`;
}

function arithmeticOf(spec: RunSpec): Arithmetic {
  if (spec.engine === 'f64') return F64;
  const order = parseOrder(spec.order);
  if (!order) throw new Error(`internal: order=${spec.order} was not refused`);
  const softmaxBlock = spec.softmax === 'online' ? ONLINE_BLOCK_KEYS : null;
  return ieee({ precision: spec.precision, bias: spec.bias, order, softmaxBlock });
}

type Made = Pick<ReferenceRun, 'weights'> & { readonly arithmetic: Arithmetic };

async function run(host: CpuHost, request: OtherRequest, made: Made): Promise<OtherCaptures> {
  const { config } = host.checkpoint;
  const { spec, tokenIds, corruptedTokenIds } = request;
  const base = { config, ...made, qkv: spec.qkv, kv: spec.kv };
  const { applied, notApplied } = sortApplicable({
    model: host.checkpoint,
    spec,
    nPos: tokenIds.length,
    nCorrupted: corruptedTokenIds?.length ?? null,
    interventions: request.interventions,
  });
  const sources: { clean?: Captured; corrupted?: Captured } = {};
  for (const prompt of ['clean', 'corrupted'] as const) {
    const ids = prompt === 'clean' ? tokenIds : corruptedTokenIds;
    const isRead = applied.some((edit) => sourceOf(edit)?.prompt === prompt);
    if (isRead && ids) sources[prompt] = await steps(host, { ...base, tokenIds: ids }, request.signal);
  }
  const captured = await steps(host, { ...base, tokenIds, interventions: applied, sources }, request.signal);
  const rounded = spec.engine === 'f64' ? ['Its f64 results were rounded to the nearest f32, to be compared.'] : [];
  return { activations: activationsOf(captured), notes: rounded, notApplied };
}

type Captured = ReadonlyMap<HookName, ReferenceTensor>;

async function steps({ pause }: CpuHost, run: ReferenceRun, signal: AbortSignal | undefined): Promise<Captured> {
  const pass = referenceSteps(run);
  for (;;) {
    signal?.throwIfAborted();
    const { done, value } = pass.next();
    if (done) return value;
    await pause();
  }
}

/** Each hook in the nearest f32; those on request, which our kernels make only when asked, are left out. */
function activationsOf(captured: Captured): Map<HookName, Activation> {
  const kept = [...captured].filter(([hook]) => !/hook_(result|mlp_in|attn_in)$/.test(hook));
  return new Map(kept.map(([hook, { shape, values }]) => [hook, { shape, values: Float32Array.from(values) }]));
}
