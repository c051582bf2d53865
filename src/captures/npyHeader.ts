// The header of a .npy file: magic, version, and a Python dict literal of descr, fortran_order and shape.
// Format: numpy/lib/format.py (versions 1.0, 2.0, 3.0). The literal is parsed here, never evaluated; nothing but these three keys passes.
import type { Shape } from '../engine/index.ts';
import { CaptureFileError } from './captureError.ts';

export type NpyHeader = {
  readonly descr: string; // '<f4'
  readonly fortranOrder: boolean;
  readonly shape: Shape;
  readonly payloadOffset: number; // bytes
};

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY
const MAX_HEADER_BYTES = 10_000; // numpy's own limit for what it does not trust
const MAX_AXES = 32;

/** Whether bytes begin as a .npy file does. */
export function isNpy(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, at) => bytes[at] === byte);
}

/** Reads the header. Throws CaptureFileError naming the array. */
export function readNpyHeader(name: string, bytes: Uint8Array): NpyHeader {
  if (!isNpy(bytes)) throw new CaptureFileError(`${name} does not begin as a .npy file does (\\x93NUMPY).`);
  const major = bytes[6] ?? 0;
  if (major < 1 || major > 3) {
    throw new CaptureFileError(`${name} is a .npy file of version ${major}, expected 1, 2 or 3.`);
  }
  const start = major === 1 ? 10 : 12;
  if (bytes.byteLength < start) throw new CaptureFileError(`${name} ends within its .npy header.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (headerBytes > MAX_HEADER_BYTES || start + headerBytes > bytes.byteLength) {
    throw new CaptureFileError(
      `${name} announces a .npy header of ${headerBytes} bytes, expected at most ${MAX_HEADER_BYTES} and no more than the file has.`,
    );
  }
  const text = new TextDecoder(major === 3 ? 'utf-8' : 'latin1').decode(bytes.subarray(start, start + headerBytes));
  return { ...parseHeader(name, text), payloadOffset: start + headerBytes };
}

/** One token of the literal: a string, a number, a name or a sign; whitespace goes before it. */
const TOKEN = /\s*(?:'([^'\\]*)'|"([^"\\]*)"|(\d{1,15})L?|(True|False)|([{}():,[\]]))/y;

type Token = { readonly kind: 'string' | 'number' | 'name' | 'sign'; readonly text: string };

function parseHeader(name: string, text: string): Omit<NpyHeader, 'payloadOffset'> {
  const fail = (): CaptureFileError =>
    new CaptureFileError(
      `${name} has the .npy header ${JSON.stringify(text.trim().slice(0, 120))}, expected a dict of descr, fortran_order and shape, such as {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }.`,
    );
  const fields = parseDict(tokensOf(text, fail), fail);
  const [descr, fortranOrder, shape] = [fields.get('descr'), fields.get('fortran_order'), fields.get('shape')];
  if (fields.size !== 3 || typeof descr !== 'string' || typeof fortranOrder !== 'boolean' || !Array.isArray(shape)) {
    throw fail();
  }
  return { descr, fortranOrder, shape };
}

function tokensOf(text: string, fail: () => CaptureFileError): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (text.slice(at).trim() !== '') {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (!match) throw fail(); // a structured dtype, a callable, anything else
    const [, single, double, number, bool, sign] = match;
    const string = single ?? double;
    if (string !== undefined) tokens.push({ kind: 'string', text: string });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (bool !== undefined) tokens.push({ kind: 'name', text: bool });
    else tokens.push({ kind: 'sign', text: sign ?? '' });
    at = TOKEN.lastIndex;
  }
  return tokens;
}

type Field = string | boolean | number[];

function parseDict(tokens: readonly Token[], fail: () => CaptureFileError): Map<string, Field> {
  let at = 0;
  const take = (sign: string): boolean => {
    const isIt = tokens[at]?.kind === 'sign' && tokens[at]?.text === sign;
    if (isIt) at += 1;
    return isIt;
  };
  const expect = (sign: string): void => {
    if (!take(sign)) throw fail();
  };
  const tuple = (): number[] => {
    const extents: number[] = [];
    while (!take(')')) {
      const token = tokens[at];
      if (token?.kind !== 'number' || extents.length === MAX_AXES) throw fail();
      at += 1;
      extents.push(Number(token.text));
      if (!take(',')) {
        expect(')');
        if (extents.length === 1) throw fail(); // (3) is no tuple in Python
        return extents;
      }
    }
    return extents;
  };
  const value = (): Field => {
    if (take('(')) return tuple();
    const token = tokens[at];
    if (token === undefined || token.kind === 'sign' || token.kind === 'number') throw fail();
    at += 1;
    return token.kind === 'name' ? token.text === 'True' : token.text;
  };
  const fields = new Map<string, Field>();
  expect('{');
  while (!take('}')) {
    const key = tokens[at];
    if (key?.kind !== 'string' || fields.has(key.text)) throw fail();
    at += 1;
    expect(':');
    fields.set(key.text, value());
    if (!take(',')) {
      expect('}');
      break;
    }
  }
  if (at !== tokens.length) throw fail();
  return fields;
}
