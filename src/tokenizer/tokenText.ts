// Each token's own text: what a token's spelling in the vocabulary stands for, decoded alone.
// Three spellings: byte-level (GPT-2: one letter of an alphabet of 256 a byte), ▁ for a space (SentencePiece), <0x0A> for a byte.
import { child, flattened, isObject, type Json, listOf } from './json.ts';
import type { Token } from './token.ts';

export type TokenSpelling = {
  readonly isByteLevel: boolean;
  readonly hasByteFallback: boolean;
  readonly replacements: readonly { readonly from: string; readonly to: string }[]; // ▁ → space
};

/** Reads from tokenizer.json's decoder how its tokens are spelled. */
export function readSpelling(tokenizerJson: Json): TokenSpelling {
  const decoders = flattened(child(tokenizerJson, 'decoder'), 'decoders');
  const replacements = decoders.flatMap((decoder) => {
    if (decoder.type === 'Metaspace') return [{ from: String(decoder.replacement ?? '▁'), to: ' ' }];
    const from = isObject(decoder.pattern) ? decoder.pattern.String : undefined;
    return decoder.type === 'Replace' && typeof from === 'string' ? [{ from, to: String(decoder.content ?? '') }] : [];
  });
  return {
    isByteLevel: decoders.some(({ type }) => type === 'ByteLevel'),
    hasByteFallback: decoders.some(({ type }) => type === 'ByteFallback'),
    replacements,
  };
}

export type AddedToken = { readonly id: number; readonly content: string; readonly special: boolean };

/** Reads tokenizer.json's added tokens: spelled as they are, found in the text before anything else. */
export function readAddedTokens(tokenizerJson: Json): ReadonlyMap<number, AddedToken> {
  const added = new Map<number, AddedToken>();
  for (const entry of listOf(child(tokenizerJson, 'added_tokens'))) {
    const { id, content, special } = entry;
    if (typeof id === 'number' && typeof content === 'string')
      added.set(id, { id, content, special: special === true });
  }
  return added;
}

/** Describes a token by its spelling in the vocabulary; `added` where it is an added token. */
export function describeToken(id: number, spelled: string, spelling: TokenSpelling, added?: AddedToken): Token {
  const byte = spelling.hasByteFallback ? /^<0x([0-9A-F]{2})>$/.exec(spelled)?.[1] : undefined;
  if (byte !== undefined) return fromBytes(id, Uint8Array.of(Number.parseInt(byte, 16)));
  if (added) return { id, text: added.content, bytes: null, special: added.special };
  const bytes = spelling.isByteLevel ? bytesOf(spelled) : null;
  if (bytes) return fromBytes(id, bytes);
  const text = spelling.replacements.reduce((so, { from, to }) => so.replaceAll(from, to), spelled);
  return { id, text, bytes: null, special: false };
}

function fromBytes(id: number, bytes: Uint8Array): Token {
  try {
    // ignoreBOM: true keeps U+FEFF, which is a character of the prompt here and no mark of a file's beginning.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return { id, text, bytes: null, special: false };
  } catch {
    return { id, text: '', bytes: [...bytes], special: false }; // part of a character: shown as hex
  }
}

/** Spelling in GPT-2's alphabet → bytes; null where a letter is none of it. */
function bytesOf(spelled: string): Uint8Array | null {
  const bytes = [...spelled].map((letter) => BYTE_OF.get(letter));
  return bytes.every((byte) => byte !== undefined) ? Uint8Array.from(bytes) : null;
}

/** GPT-2's bytes_to_unicode (openai/gpt-2, encoder.py): visible Latin-1 stands for itself, the 68 other bytes for U+0100 and up. */
const BYTE_OF: ReadonlyMap<string, number> = byteAlphabet();

function byteAlphabet(): ReadonlyMap<string, number> {
  const byteOf = new Map<string, number>();
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const isVisible = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    byteOf.set(String.fromCodePoint(isVisible ? byte : next++), byte);
  }
  return byteOf;
}
