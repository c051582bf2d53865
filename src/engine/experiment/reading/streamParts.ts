// What the residual stream of one position is made of: the embedding, each head or each attention, each MLP. Their sum is the last
// block's hook_resid_post.
import type { StreamPart } from '../../analysis/logitAttribution.ts';
import type { ModelConfig } from '../../checkpoint/modelConfig.ts';
import { blockHook, type HookName } from '../../hooks/hookName.ts';

/** One position of a hook: [d_model], or [n_heads · d_model] of hook_result. */
export type RowOf = (hook: HookName) => ArrayLike<number>;

/** Says why the stream is no sum of what was written to it, read off by W_U; null where it is. */
export function whyNoSum({ modelType, normPlace, embedWidth, dModel }: ModelConfig): string | null {
  if (normPlace === 'after') return `This ${modelType} normalises the stream behind each sum: it is no sum of parts`;
  return embedWidth === dModel
    ? null
    : `This ${modelType} projects the stream before its unembedding: W_U does not read it`;
}

/** Says why attention cannot be taken apart by heads; null where it can. */
export function whyNotByHead(config: ModelConfig): string | null {
  if (!config.postNorms) return null;
  return `${config.modelType} normalises attention's output before it joins the stream: it has no part a head`;
}

/** The hooks that `streamParts` reads, in running order. */
export function streamPartHooks(config: ModelConfig, byHead: boolean): HookName[] {
  const embeds: HookName[] = config.positional === 'learned' ? ['hook_embed', 'hook_pos_embed'] : ['hook_embed'];
  const attention = byHead ? 'attn.hook_result' : 'hook_attn_out';
  const blocks = Array.from({ length: config.nLayers }, (_, layer) => [
    blockHook(layer, attention),
    blockHook(layer, 'hook_mlp_out'),
  ]);
  return [...embeds, ...blocks.flat()];
}

/** Takes the stream of one position apart: parts named `embed`, `pos_embed`, `L0H3` or `L0 attn`, `L0 b_O`, `L0 MLP`. */
export function streamParts(
  config: ModelConfig,
  row: RowOf,
  byHead: { readonly b_O: readonly (ArrayLike<number> | null)[] } | null, // one a layer, [d_model]
): StreamPart[] {
  const parts: StreamPart[] = [{ name: 'embed', values: row('hook_embed') }];
  if (config.positional === 'learned') parts.push({ name: 'pos_embed', values: row('hook_pos_embed') });
  for (let layer = 0; layer < config.nLayers; layer++) {
    parts.push(...(byHead ? heads(config, row, layer) : attention(row, layer)));
    const b_O = byHead?.b_O[layer];
    if (b_O) parts.push({ name: `L${layer} b_O`, values: b_O });
    parts.push({ name: `L${layer} MLP`, values: row(blockHook(layer, 'hook_mlp_out')) });
  }
  return parts;
}

function attention(row: RowOf, layer: number): StreamPart[] {
  return [{ name: `L${layer} attn`, values: row(blockHook(layer, 'hook_attn_out')) }];
}

function heads({ nHeads, dModel }: ModelConfig, row: RowOf, layer: number): StreamPart[] {
  const results = Array.from(row(blockHook(layer, 'attn.hook_result')));
  return Array.from({ length: nHeads }, (_, head) => ({
    name: `L${layer}H${head}`,
    values: results.slice(head * dModel, (head + 1) * dModel),
  }));
}
