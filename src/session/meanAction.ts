// The action of mean ablation over prompts: the prompts are run in the worker, and the vector of a row becomes their mean.
import { hookAxes, type RunSpec } from '../engine/index.ts';
import { failureOf } from './failure.ts';
import { want } from './running.ts';
import type { Session } from './session.ts';
import type { Sitting } from './sitting.ts';

/** The action over a sitting. */
export function meanAction(sitting: Sitting): Pick<Session, 'meanOverPrompts'> {
  return { meanOverPrompts: (index, texts) => sitting.track(take(sitting, index, texts)) };
}

async function take(sitting: Sitting, index: number, texts: readonly string[]): Promise<void> {
  const { experiment } = sitting.state;
  const row = experiment.interventions[index];
  if (!row) return;
  const signal = sitting.jobs.begin('mean');
  sitting.set({ isTakingMean: true });
  try {
    const { prependBos } = experiment.prompt;
    const prompts = await Promise.all(
      texts.map(async (text) => {
        const tokens = await sitting.client.ask({ kind: 'tokenize', text, prependBos }, { signal });
        return tokens.map(({ id }) => id);
      }),
    );
    const spec = specWith(sitting, row.hook);
    const values = await sitting.client.ask({ kind: 'mean', spec, hook: row.hook, prompts }, { signal });
    const { interventions } = sitting.state.experiment;
    if (signal.aborted || interventions[index]?.hook !== row.hook) return;
    const operation = { kind: 'set', values } as const;
    want(sitting, { interventions: interventions.map((now, at) => (at === index ? { ...now, operation } : now)) });
  } catch (error) {
    if (!signal.aborted) sitting.set({ notice: { text: failureOf(error).message, tone: 'bad' } });
  } finally {
    if (!signal.aborted) sitting.set({ isTakingMean: false });
  }
}

/** A's specification, or B's where A has no such hook. */
function specWith({ state: { model, experiment } }: Sitting, hook: Parameters<typeof hookAxes>[0]): RunSpec {
  const { a, b, mode } = experiment;
  const has = (spec: RunSpec) =>
    model.status === 'ready' && typeof hookAxes(hook, model.model.config, spec, 1) !== 'string';
  if (mode === 'split') return b;
  return mode === 'fused' || has(a) ? a : b;
}
