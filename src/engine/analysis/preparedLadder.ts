// The ladder of two captures, prepared: every hook that both have, compared on the GPU under any rule, in A's running order.
import type { Capture } from '../capture/capture.ts';
import type { HookName } from '../hooks/hookName.ts';
import type { Rule } from './compare.ts';
import type { LadderRow } from './comparison.ts';
import type { Pair } from './pairing.ts';
import { PreparedComparison } from './preparedComparison.ts';

/** The hooks that both captures have, which may be on paper. */
export function ladderPairs(a: Capture, b: Capture): Pair[] {
  return a.hooks.flatMap((hook) => {
    const [left, right] = [a.tensor(hook), b.tensor(hook)];
    return left && right ? [{ label: hook, a: left, b: right }] : [];
  });
}

export class PreparedLadder {
  readonly a: Capture;
  readonly b: Capture;
  readonly #comparison: PreparedComparison;

  private constructor(a: Capture, b: Capture, comparison: PreparedComparison) {
    this.a = a;
    this.b = b;
    this.#comparison = comparison;
  }

  /** Plans the comparison. The captures must outlive it; whoever made it frees it by `destroy`. */
  static async make(a: Capture, b: Capture): Promise<PreparedLadder> {
    return new PreparedLadder(a, b, await PreparedComparison.make(a.gpu, ladderPairs(a, b)));
  }

  /** Compares what the captures hold now; hooks whose shapes do not go together are left out. */
  async run(rule: Rule): Promise<LadderRow[]> {
    const summaries = await this.#comparison.run(rule);
    const byHook = new Map(this.#comparison.labels.map((label, at) => [label, summaries[at]]));
    return this.a.hooks.flatMap((hook: HookName) => {
      const summary = byHook.get(hook);
      const [left, right] = [this.a.tensor(hook), this.b.tensor(hook)];
      return summary && left && right ? [{ hook, shapeA: left.shape, shapeB: right.shape, summary, local: null }] : [];
    });
  }

  destroy(): void {
    this.#comparison.destroy();
  }
}
