// JSON as it comes from a stranger, and what differs between two plain values.

const MAX_DEPTH = 8; // an experiment nests five deep

/** Says whether two values are the same JSON, whatever the order of their keys. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const entries = Object.entries(a);
  if (entries.length !== Object.keys(b).length) return false;
  return entries.every(([key, value]) => Object.hasOwn(b, key) && sameJson(value, Reflect.get(b, key)));
}

/** The fields of `value` that are not as in `base`. */
export function departures(value: object, base: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([key, field]) => !sameJson(field, Reflect.get(base, key))));
}

/** Parses text; null where it is no JSON object, nests too deep, or names a key that belongs to Object's prototype. */
export function parseForeignObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && isHarmless(value, MAX_DEPTH) ? value : null;
  } catch {
    return null;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isHarmless(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth === 0) return false;
  return Object.entries(value).every(([key, field]) => !(key in Object.prototype) && isHarmless(field, depth - 1));
}
