// Prompt, tolerance, mode and view in a link; fields left out are the default's.
import * as v from 'valibot';
import { type HookName, isHookName } from '../../engine/index.ts';
import { index, MAX_PROMPT_LENGTH, MAX_TOKEN_IDS, magnitude, tokenId } from './numbers.ts';

export const hookName = v.custom<HookName>(
  (value) => typeof value === 'string' && isHookName(value),
  'expected a hook name as TransformerLens spells it, such as blocks.1.attn.hook_pattern',
);

export const mode = v.picklist(['fused', 'split', 'compare']);

export const promptFields = {
  text: v.pipe(v.string(), v.maxLength(MAX_PROMPT_LENGTH)),
  prependBos: v.union([v.boolean(), v.literal('model')]),
  tokenIds: v.nullable(v.pipe(v.array(tokenId), v.minLength(1), v.maxLength(MAX_TOKEN_IDS))),
} as const;

export const partialPrompt = v.strictObject({
  text: v.exactOptional(promptFields.text),
  prependBos: v.exactOptional(promptFields.prependBos),
  tokenIds: v.exactOptional(promptFields.tokenIds),
});

/** The corrupted prompt has no default to leave fields out for. */
export const wholePrompt = v.strictObject(promptFields);

export const partialTolerance = v.strictObject({
  atol: v.exactOptional(magnitude),
  rtol: v.exactOptional(magnitude),
});

export const viewFields = {
  hook: hookName,
  layer: index,
  head: index,
  show: v.picklist(['pattern', 'scores', 'weighted']),
  side: v.picklist(['a', 'b', 'delta', 'absDelta', 'beside', 'swipe']),
  cell: v.nullable(v.strictTuple([index, index])),
} as const;

export const partialView = v.strictObject({
  hook: v.exactOptional(viewFields.hook),
  layer: v.exactOptional(viewFields.layer),
  head: v.exactOptional(viewFields.head),
  show: v.exactOptional(viewFields.show),
  side: v.exactOptional(viewFields.side),
  cell: v.exactOptional(viewFields.cell),
});
