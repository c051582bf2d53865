// Checked readers of config.json's fields. A field may have several names (n_embd, hidden_size); the first present wins.
// null counts as absent, but for `countOrNull`, where transformers tells null from missing.
import { CheckpointError, showValue } from './checkpointError.ts';

export type Fields = { readonly where: string; readonly values: ReadonlyMap<string, unknown> };

type Names = string | readonly string[];

/** Takes a JSON object as fields. Throws CheckpointError where it is none. */
export function fieldsOf(value: unknown, where: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CheckpointError(`${where} is ${showValue(value)}, expected a JSON object.`);
  }
  return { where, values: new Map(Object.entries(value)) };
}

/** The nested object of that name; null where it is absent or null. */
export function nested(fields: Fields, name: string): Fields | null {
  const value = fields.values.get(name);
  return value === undefined || value === null ? null : fieldsOf(value, `${fields.where}'s ${name}`);
}

export function isMissing(fields: Fields, name: string): boolean {
  return !fields.values.has(name);
}

/** A positive integer. */
export function count(fields: Fields, names: Names, fallback?: number): number {
  return read(fields, names, 'a positive integer', isPositiveInteger, fallback);
}

/** An integer from 0 on. */
export function countFromZero(fields: Fields, names: Names, fallback?: number): number {
  return read(fields, names, 'an integer from 0 on', (value) => value === 0 || isPositiveInteger(value), fallback);
}

/** A positive integer or null; `whenMissing` where the field is not there at all. */
export function countOrNull(fields: Fields, name: string, whenMissing: number | null): number | null {
  if (isMissing(fields, name)) return whenMissing;
  return fields.values.get(name) === null ? null : count(fields, name);
}

/** A finite number above 0. */
export function positive(fields: Fields, names: Names, fallback?: number): number {
  return read(fields, names, 'a number above 0', isPositive, fallback);
}

/** A finite number above 0 or null; `whenMissing` where the field is not there at all. */
export function positiveOrNull(fields: Fields, name: string, whenMissing: number | null): number | null {
  if (isMissing(fields, name)) return whenMissing;
  return fields.values.get(name) === null ? null : positive(fields, name);
}

export function flag(fields: Fields, names: Names, fallback?: boolean): boolean {
  return read(fields, names, 'true or false', (value) => typeof value === 'boolean', fallback);
}

export function text(fields: Fields, names: Names, fallback?: string): string {
  return read(fields, names, 'a string', (value) => typeof value === 'string', fallback);
}

/** A list of strings; null where it is absent. */
export function texts(fields: Fields, name: string): readonly string[] | null {
  const value = fields.values.get(name);
  if (value === undefined || value === null) return null;
  return read(fields, name, 'a list of strings', isTexts);
}

/** A list of finite numbers above 0. */
export function positives(fields: Fields, name: string): readonly number[] {
  return read(fields, name, 'a list of numbers above 0', isPositives);
}

/** Refuses a feature that the forward pass does not have. */
export function refuseUnless(fields: Fields, name: string, expected: boolean, fallback: boolean, why: string): void {
  if (flag(fields, name, fallback) !== expected) {
    throw new CheckpointError(`${fields.where} has ${name} = ${!expected}, expected ${expected}: ${why}`);
  }
}

function read<T>(
  fields: Fields,
  names: Names,
  expected: string,
  accepts: (value: unknown) => value is T,
  fallback?: T,
): T {
  const all = typeof names === 'string' ? [names] : names;
  for (const name of all) {
    const value = fields.values.get(name);
    if (value === undefined || value === null) continue;
    if (accepts(value)) return value;
    throw new CheckpointError(`${fields.where} has ${name} = ${showValue(value)}, expected ${expected}.`);
  }
  if (fallback !== undefined) return fallback;
  throw new CheckpointError(`${fields.where} has no ${all.join(' and no ')}, expected ${expected}.`);
}

function isPositiveInteger(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

function isPositives(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(isPositive);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
