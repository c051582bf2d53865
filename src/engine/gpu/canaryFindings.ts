// What the canary's figures say, in words a reader can check claims by: what was seen of the adapter, and what follows for a run.
import { type CanaryReport, whyNotPortable } from './canary.ts';

export type Finding = {
  readonly name: string; // of the question
  readonly seen: string;
  readonly follows: string; // for a run
  readonly tone: 'good' | 'note' | 'bad'; // note: allowed by WGSL, and provided for
};

/** One finding a question, in the order in which a kernel meets them. */
export function canaryFindings(report: CanaryReport): readonly Finding[] {
  return [
    contraction(report),
    reassociation(report),
    rounding(report),
    flushing(report),
    ...functions(report),
    widths(report),
  ];
}

/** The headline: what may be claimed of this adapter. */
export function canaryVerdict(report: CanaryReport): { readonly text: string; readonly tone: 'good' | 'bad' } {
  const why = whyNotPortable(report);
  if (why === null) return { text: 'Nothing seen here speaks against portable bits.', tone: 'good' };
  return { text: `Bits are not to be trusted here: ${why.replace(/^it /, 'this adapter ')}.`, tone: 'bad' };
}

function contraction({ contracts, fusesFma }: CanaryReport): Finding {
  return {
    name: 'Contraction',
    seen: `a·b + c is rounded ${contracts ? 'once' : 'twice, as written'}; fma is ${fusesFma ? 'fused' : 'not fused'}`,
    follows: contracts
      ? 'Sums of products are written with fma, so no kernel fuses where another does not; portable products are guarded.'
      : 'Kernels compute what they say.',
    tone: contracts ? 'note' : 'good',
  };
}

function reassociation({ reassociates }: CanaryReport): Finding {
  return reassociates
    ? {
        name: 'Order of sums',
        seen: '(a + b) + c was computed as a + (b + c)',
        follows: 'No order of summation is kept: neither portable bits nor split = fused are promised here.',
        tone: 'bad',
      }
    : {
        name: 'Order of sums',
        seen: 'kept',
        follows: 'The order that a run names is the order it adds in.',
        tone: 'good',
      };
}

function rounding({ roundsToEven }: CanaryReport): Finding {
  return roundsToEven
    ? { name: 'Rounding', seen: 'to nearest, ties to even', follows: 'As IEEE 754 and JavaScript round.', tone: 'good' }
    : {
        name: 'Rounding',
        seen: 'not to nearest, ties to even',
        follows: 'Every sum may differ from another GPU’s in its last bit: portable bits are not promised here.',
        tone: 'bad',
      };
}

function flushing({ flushesResults, flushesOperands }: CanaryReport): Finding {
  const flushes = flushesResults || flushesOperands;
  const what = flushesResults && flushesOperands ? 'results and operands' : flushesResults ? 'results' : 'operands';
  return {
    name: 'Denormals',
    seen: flushes ? `${what} below 2⁻¹²⁶ become 0` : 'kept',
    follows: 'Portable arithmetic never comes near them; native sums may lose terms below 10⁻³⁸.',
    tone: flushes ? 'note' : 'good',
  };
}

function functions({ expMaxUlp, tanhNanFrom }: CanaryReport): readonly Finding[] {
  const ours = 'Ours is used instead, in both arithmetics.';
  return [
    {
      name: 'exp',
      seen: Number.isFinite(expMaxUlp)
        ? `the adapter’s own is off by up to ${expMaxUlp} ULP`
        : 'the adapter’s own gives NaN',
      follows: ours,
      tone: expMaxUlp > 3 ? 'note' : 'good',
    },
    {
      name: 'tanh',
      seen:
        tanhNanFrom === null ? 'the adapter’s own is finite throughout' : `the adapter’s own is NaN at ${tanhNanFrom}`,
      follows: ours,
      tone: tanhNanFrom === null ? 'good' : 'note',
    },
  ];
}

function widths({ subgroupSize, f16 }: CanaryReport): Finding {
  return {
    name: 'Subgroups, f16',
    seen: `${subgroupSize === null ? 'no subgroups' : `subgroups of ${subgroupSize}`}; ${f16 === null ? 'no native f16' : `native f16 rounds ${f16}`}`,
    follows:
      'No sum is shared across a subgroup, and narrow types are rounded bit for bit in f32: neither changes a result.',
    tone: 'good',
  };
}
