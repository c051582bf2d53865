// Text ↔ tokens, by a checkpoint's own tokenizer.json. The merging is @huggingface/tokenizers'; each token's text is ours.
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { CheckpointError } from '../engine/index.ts';
import { decidesToPrependBos, readBosContent } from './bos.ts';
import { child, isObject, type Json } from './json.ts';
import type { Token } from './token.ts';
import { describeToken, readAddedTokens, readSpelling } from './tokenText.ts';

export type Tokenizer = {
  readonly prependsBos: boolean; // what 'model' means for this tokenizer
  readonly bosToken: Token | null;
  /** Text → token ids; special tokens written as text are recognised. Throws CheckpointError where BOS is asked for and there is none. */
  encode(text: string, prependBos: boolean | 'model'): number[];
  /** Each token with its own text; an id beyond the vocabulary (padded embeddings have such) is described as none. */
  describe(ids: readonly number[]): Token[];
  /** Token ids → text, special tokens included. */
  decode(ids: readonly number[]): string;
};

/** Makes a tokenizer from tokenizer.json and tokenizer_config.json (null: there is none). Throws CheckpointError for what cannot be used. */
export function createTokenizer(tokenizerJson: unknown, tokenizerConfig: unknown): Tokenizer {
  const json = checkedTokenizer(tokenizerJson);
  const config = checkedConfig(tokenizerConfig);
  const inner = build(json, config);
  const spelling = readSpelling(json);
  const added = readAddedTokens(json);

  const describeId = (id: number): Token => {
    const spelled = added.get(id)?.content ?? inner.id_to_token(id);
    if (spelled === undefined) return { id, text: `[no token ${id}]`, bytes: null, special: true };
    return describeToken(id, spelled, spelling, added.get(id));
  };

  const bosContent = readBosContent(config);
  const bosId = bosContent === null ? undefined : inner.token_to_id(bosContent);
  const bosToken = bosId === undefined ? null : describeId(bosId);
  const prependsBos = bosToken !== null && decidesToPrependBos(json, config, bosContent);

  return {
    prependsBos,
    bosToken,
    encode(text, prependBos) {
      const { ids } = inner.encode(text, { add_special_tokens: false });
      if (!(prependBos === 'model' ? prependsBos : prependBos)) return ids;
      if (bosToken === null) {
        throw new CheckpointError(
          'This tokenizer has no BOS token to put before the prompt: tokenizer_config.json names no bos_token.',
        );
      }
      return [bosToken.id, ...ids];
    },
    describe: (ids) => ids.map(describeId),
    decode(ids) {
      // @huggingface/tokenizers 0.2.0 throws on an empty list, and would put "undefined" for an unknown id.
      const known = ids.filter((id) => added.has(id) || inner.id_to_token(id) !== undefined);
      if (known.length === 0) return '';
      return inner.decode(known, { skip_special_tokens: false, clean_up_tokenization_spaces: false });
    },
  };
}

function checkedTokenizer(json: unknown): Json {
  if (isObject(json) && isObject(child(json, 'model'))) return json;
  throw new CheckpointError(
    'tokenizer.json has no model, expected the format of the tokenizers library: {model, pre_tokenizer, decoder, …}.',
  );
}

function checkedConfig(config: unknown): Json {
  if (config === null || config === undefined) return {};
  if (isObject(config)) return config;
  throw new CheckpointError('tokenizer_config.json is no JSON object.');
}

function build(json: Json, config: Json): HuggingFaceTokenizer {
  try {
    return new HuggingFaceTokenizer(json, config);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CheckpointError(`tokenizer.json cannot be used: ${why}`, { cause });
  }
}
