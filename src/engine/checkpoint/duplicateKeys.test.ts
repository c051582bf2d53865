import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findDuplicateKey } from './duplicateKeys.ts';

test('JSON that was made from an object has no key twice, whatever its strings', () => {
  fc.assert(fc.property(fc.json(), (json) => findDuplicateKey(JSON.stringify(JSON.parse(json))) === null));
});

test('a key added twice to an object of any depth is found, also where it is spelled another way', () => {
  fc.assert(
    fc.property(fc.string(), fc.jsonValue(), (key, value) => {
      const quoted = JSON.stringify(key);
      const escaped = `"${[...key].map((c) => [...Array(c.length).keys()].map((i) => `\\u${c.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')).join('')}"`;
      const text = `[{"outer": {${quoted}: ${JSON.stringify(value)}, ${escaped} : 1}}]`;
      expect(JSON.parse(text)).toBeTruthy();
      expect(findDuplicateKey(text)).toBe(key);
    }),
  );
});

test('the same key in two objects, and the same string as key and as value, are no duplicates', () => {
  expect(findDuplicateKey('{"a": {"a": "a"}, "b": ["a", "a", {"a": 1}]}')).toBeNull();
});
