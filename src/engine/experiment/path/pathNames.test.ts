import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseEnds, parseReceiver, parseSender } from './pathNames.ts';
import { nameOf, type Receiver, type Sender } from './pathPatch.ts';

const place = { layer: fc.nat(9999), head: fc.nat(9999) };
const sender: fc.Arbitrary<Sender> = fc.oneof(
  fc.record({ kind: fc.constant('head' as const), ...place }),
  fc.record({ kind: fc.constant('mlp' as const), layer: place.layer }),
  fc.constant({ kind: 'embed' as const }),
);
const receiver: fc.Arbitrary<Receiver> = fc.oneof(
  fc.record({ kind: fc.constantFrom('q' as const, 'k' as const, 'v' as const), ...place }),
  fc.record({ kind: fc.constant('mlp' as const), layer: place.layer }),
  fc.constant({ kind: 'final' as const }),
);

test('every name is read as what it names, with kv heads or without', () => {
  const reads = (read: unknown, end: unknown) => expect(read).toEqual(end);
  fc.assert(fc.property(sender, fc.boolean(), (end, kv) => void reads(parseSender(nameOf(end, kv)), end)));
  fc.assert(fc.property(receiver, fc.boolean(), (end, kv) => void reads(parseReceiver(nameOf(end, kv)), end)));
});

test.each(['', 'L1', 'L1H', 'H1', 'L1H2.q', 'L1KV0', 'L1H2.mlp', 'L-1H0', 'L1H2x'])('"%s" is no sender', (text) => {
  expect(parseSender(text)).toBeNull();
});

test.each(['', 'L1', 'L1H2', 'L1KV0.q', 'L1H2.mlp', 'embed'])('"%s" is no receiver', (text) => {
  expect(parseReceiver(text)).toBeNull();
});

test('a list is read whole, or the entry that is none is given', () => {
  expect(parseEnds('L2.mlp, L1H7.q,', parseReceiver)).toEqual([
    { kind: 'mlp', layer: 2 },
    { kind: 'q', layer: 1, head: 7 },
  ]);
  expect(parseEnds('L1H7.q, nothing, final', parseReceiver)).toBe('nothing');
});
