// One typed intervention (`--edit`): what the page writes is read back whole, and nothing that is typed throws or passes half read.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseHookName } from '../engine/index.ts';
import { arbitraryIntervention } from './arbitrary.node.ts';
import { readIntervention } from './oneIntervention.ts';

test('whatever a file of the page holds is read as it was, and what is left out is all heads, all positions, and on', () => {
  fc.assert(
    fc.property(arbitraryIntervention, (intervention) => {
      expect(readIntervention(JSON.stringify(intervention))).toEqual(intervention);
      const { hook, operation } = intervention;
      const short = readIntervention(JSON.stringify({ operation, hook }));
      expect(short).toEqual({ hook, heads: 'all', positions: 'all', operation, enabled: true });
    }),
  );
});

test('of any text and any JSON it makes an intervention or a sentence, never a throw', () => {
  const typed = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json({ maxDepth: 12 }),
    fc
      .tuple(
        arbitraryIntervention,
        fc.constantFrom('hook', 'heads', 'positions', 'operation', 'enabled'),
        fc.jsonValue(),
      )
      .map(([intervention, field, value]) => JSON.stringify({ ...intervention, [field]: value })),
    fc
      .tuple(arbitraryIntervention, fc.string(), fc.jsonValue())
      .map(([{ operation, ...rest }, field, value]) =>
        JSON.stringify({ ...rest, operation: { ...operation, [field]: value } }),
      ),
  );
  fc.assert(
    fc.property(typed, (text) => {
      const read = readIntervention(text);
      if (typeof read === 'string') expect(read.length).toBeGreaterThan(0);
      else expect([parseHookName(read.hook) !== null, Object.keys(read).length]).toEqual([true, 5]);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['{hook', 'it is no JSON object'],
  ['[]', 'it is no JSON object'],
  ['{"__proto__":{"enabled":false},"hook":"hook_embed","operation":{"kind":"zero"}}', 'it is no JSON object'],
  ['{"hook":"hook_embed"}', 'operation is missing'],
  ['{"operation":{"kind":"zero"}}', 'hook is missing'],
  ['{"hook":"blocks.0.attn.z","operation":{"kind":"zero"}}', 'hook is "blocks.0.attn.z", expected a hook name'],
  ['{"hook":"hook_embed","operation":{"kind":"ablate"}}', 'operation.kind is "ablate", expected ("zero" | "scale"'],
  ['{"hook":"hook_embed","head":1,"operation":{"kind":"zero"}}', 'head is not known'],
  ['{"hook":"hook_embed","heads":[-1],"operation":{"kind":"zero"}}', 'heads'],
  ['{"hook":"hook_embed","operation":{"kind":"scale","factor":1e39}}', 'operation.factor is 1e+39'],
])('%s: %s', (text, sentence) => {
  expect(readIntervention(text)).toContain(sentence);
});
