// Fits what a link asks to see to the model that was loaded: integers out of range are brought in range, and said.
import { blockHook, type Experiment, type ModelConfig, parseHookName, type View } from '../engine/index.ts';

export type Fitted = { readonly experiment: Experiment; readonly problems: readonly string[] };

/** Brings layer, head and hook of the view into the model. */
export function fitToModel(experiment: Experiment, config: ModelConfig): Fitted {
  const problems: string[] = [];
  const { view } = experiment;
  const inRange = (what: string, value: number, count: number): number => {
    if (value < count) return value;
    problems.push(
      `The link asks for ${what} ${value}; this model has ${count} (0 to ${count - 1}). ${what} ${count - 1} is shown.`,
    );
    return count - 1;
  };
  const layer = inRange('layer', view.layer, config.nLayers);
  const head = inRange('head', view.head, config.nHeads);
  const hook = parseHookName(view.hook);
  const hookLayer = hook?.kind === 'block' ? inRange('block', hook.layer, config.nLayers) : null;
  const fitted: View = {
    ...view,
    layer,
    head,
    hook: hook?.kind === 'block' && hookLayer !== null ? blockHook(hookLayer, hook.hook) : view.hook,
  };
  return { experiment: { ...experiment, view: fitted }, problems };
}
