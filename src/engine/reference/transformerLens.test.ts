// Where TransformerLens alone goes wrong and transformers is right (shared goldens, README): with our reading of the config the
// logits are transformers'; with TransformerLens' reading they are far from them, so that the record can tell the two apart.
// The other two of the five places: checkpoint/readConfig.test.ts (GPT-NeoX without parallel residual), attention.test.ts (ALiBi slopes).
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openReference, readGoldens, readMeta, SHARED_GOLDENS } from '../../../test/support/goldens.ts';
import type { ModelConfig } from '../checkpoint/modelConfig.ts';
import { referenceForward, referenceLogits } from './forward.ts';

if (!existsSync(SHARED_GOLDENS))
  console.info(`${SHARED_GOLDENS} is absent: TransformerLens' readings are not compared`);

type Reading = {
  readonly folder: string;
  readonly what: string;
  readonly theirs: (config: ModelConfig) => ModelConfig;
};

const READINGS: readonly Reading[] = [
  {
    folder: 'gemma2',
    what: 'the first layer slides, not the second',
    theirs: (config) => ({
      ...config,
      windows: config.windows.map((_, layer) => config.windows[(layer + 1) % 2] ?? null),
    }),
  },
  {
    folder: 'gemma',
    what: 'the activation is the tanh approximation of GELU',
    theirs: (config) => ({ ...config, activation: 'gelu' }),
  },
  {
    folder: 'llama3_rope',
    what: 'rope_scaling changes the frequencies',
    theirs: (config) => ({ ...config, rotary: config.rotary.map((rotary) => rotary && { ...rotary, scaling: null }) }),
  },
];

test.each(READINGS)('$folder: $what', async ({ folder, theirs }) => {
  const path = `${SHARED_GOLDENS}/${folder}`;
  if (!existsSync(path)) return;
  const { config, weights } = await openReference(path);
  const truth = (await readGoldens(path)).get('hf64.logits')?.values ?? new Float64Array();
  const tokenIds = readMeta(path).input_ids;
  const offBy = (read: ModelConfig) => {
    const run = { config: read, weights, tokenIds, qkv: 'fused', kv: 'broadcast' } as const;
    const { values } = referenceLogits(read, referenceForward(run));
    return values.reduce((most, value, i) => Math.max(most, Math.abs(value - (truth[i] ?? Number.NaN))), 0);
  };
  expect(offBy(config)).toBeLessThan(1e-10);
  expect(offBy(theirs(config))).toBeGreaterThan(1e-5);
});
