// What a run keeps, by the length of its prompt. Scores and patterns of all heads grow with the square of the length (24 × 16 heads at 512
// tokens: 0.8 GB a run); beyond a limit they are not kept but made again, bit for bit, for the head that is looked at.
import { type CaptureRequest, isCaptured } from '../../capture/captureRequest.ts';
import type { ModelConfig } from '../../checkpoint/modelConfig.ts';
import { BLOCK_HOOKS, type BlockHook, blockHook, type HookName, MODEL_HOOKS } from '../../hooks/hookName.ts';
import type { Intervention } from '../../hooks/intervention.ts';
import { isRemakeable } from '../../model/attendAgain.ts';

/** Bytes of scores and patterns that one run keeps at most. */
export const MOST_PATTERN_BYTES = 256 << 20;

export type KeptHooks = { readonly capture: CaptureRequest; readonly note: string | null };

/** Chooses what to keep, and says so where it is less than all. `mostBytes`: of scores and patterns together. */
export function keptHooks(
  config: Pick<ModelConfig, 'nLayers' | 'nHeads' | 'rotary' | 'qkNorm'>,
  nPos: number,
  interventions: readonly Intervention[],
  mostBytes = MOST_PATTERN_BYTES,
): KeptHooks {
  const { nLayers, nHeads } = config;
  const bytes = 2 * 4 * nLayers * nHeads * nPos * nPos;
  if (bytes <= mostBytes) return { capture: 'standard', note: null };
  const edited = new Set(interventions.filter(({ enabled }) => enabled).map(({ hook }) => hook));
  const isKept = (layer: number) =>
    !isRemakeable(config, layer) || PATTERN_HOOKS.some((hook) => edited.has(blockHook(layer, hook)));
  const hooks = Array.from({ length: nLayers }, (_, layer) =>
    BLOCK_HOOKS.filter((hook) => !PATTERN_HOOKS.includes(hook) || isKept(layer)).map((hook) => blockHook(layer, hook)),
  );
  const capture: HookName[] = [...MODEL_HOOKS, ...hooks.flat()].filter((hook) => isCaptured('standard', hook));
  const note = `Scores and patterns of ${nPos} tokens would take ${(bytes / 1e9).toFixed(1)} GB: they are made again, bit for bit, for the head that is looked at, and are not rows of the ladder.`;
  return { capture, note };
}

const PATTERN_HOOKS: readonly BlockHook[] = ['attn.hook_attn_scores', 'attn.hook_pattern'];
