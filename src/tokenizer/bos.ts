// Which token stands before every prompt, and whether a model wants it there by default.
import { child, flattened, isObject, type Json, listOf } from './json.ts';

/** The spelling of tokenizer_config.json's bos_token; null where it names none. */
export function readBosContent(tokenizerConfig: Json): string | null {
  const bos = child(tokenizerConfig, 'bos_token');
  const content = isObject(bos) ? child(bos, 'content') : bos;
  return typeof content === 'string' && content !== '' ? content : null;
}

/**
 * Decides what 'model' means: does BOS go before the prompt? In this order:
 * 1. tokenizer_config.json's add_bos_token, if it says (Pythia: no; Llama-2: yes);
 * 2. tokenizer.json's post-processor, if it puts BOS first (Llama-3, Gemma);
 * 3. else yes if there is a BOS token at all, as TransformerLens does (`default_prepend_bos`). The demo models are of this kind:
 *    they were trained with <|endoftext|> before every text, and their files do not say it.
 */
export function decidesToPrependBos(tokenizerJson: Json, tokenizerConfig: Json, bosContent: string | null): boolean {
  if (bosContent === null) return false;
  const addBos = child(tokenizerConfig, 'add_bos_token');
  if (typeof addBos === 'boolean') return addBos;
  return templateBegins(tokenizerJson, bosContent) ?? true;
}

/** Whether a post-processor puts this token first; null where no post-processor puts any token there. */
function templateBegins(tokenizerJson: Json, content: string): boolean | null {
  for (const processor of flattened(child(tokenizerJson, 'post_processor'), 'processors')) {
    if (processor.type !== 'TemplateProcessing') continue;
    const first = listOf(processor.single)[0]?.SpecialToken;
    if (isObject(first)) return first.id === content;
  }
  return null;
}
