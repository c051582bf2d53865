import { expect, test } from 'vitest';
import type { CanaryReport } from '../gpu/canary.ts';
import { canaryFindings, canaryVerdict } from '../gpu/canaryFindings.ts';
import { layoutClaim, type Trust, travelClaim } from './claims.ts';
import { DEFAULT_RUN_SPEC } from './runSpec.ts';

const HONEST: CanaryReport = {
  contracts: false,
  fusesFma: true,
  reassociates: false,
  roundsToEven: true,
  flushesResults: true,
  flushesOperands: false,
  expMaxUlp: 63,
  tanhNanFrom: 88.8,
  subgroupSize: 4,
  f16: null,
  elapsedMs: 1,
};
const trust = (canary: Partial<CanaryReport>, verified: Trust['verified'] = null): Trust => ({
  canary: { ...HONEST, ...canary },
  verified,
});
const native = DEFAULT_RUN_SPEC;
const portable = { ...native, arithmetic: 'portable' as const };

test('portable bits are claimed where nothing measured speaks against them, and nowhere else', () => {
  expect(travelClaim([portable], trust({})).tone).toBe('good');
  expect(travelClaim([portable, { ...native, engine: 'ieee' }], trust({}, 'passes')).text).toContain(
    'the recorded bits',
  );
  expect(travelClaim([portable], trust({ reassociates: true }))).toEqual({
    text: 'Portable arithmetic, but not on this adapter: it changes the order of additions.',
    tone: 'bad',
  });
  expect(travelClaim([portable], trust({ roundsToEven: false })).tone).toBe('bad');
  expect(travelClaim([portable], trust({}, 'fails')).text).toContain('the recorded runs failed');
  expect(travelClaim([portable], { canary: null, verified: null })).toMatchObject({ tone: 'note' });
  expect(travelClaim([portable, native], trust({}, 'passes')).text).toContain('another GPU may differ');
  expect(travelClaim([portable, { ...native, engine: 'onnx' }], trust({})).tone).toBe('note');
});

test('split = fused is claimed of this adapter where it keeps the order of sums', () => {
  expect(layoutClaim(trust({}))).toMatchObject({ tone: 'good' });
  expect(layoutClaim(trust({ reassociates: true }))).toMatchObject({ tone: 'bad' });
  expect(layoutClaim(trust({}, 'fails'))).toMatchObject({ tone: 'bad' });
  expect(layoutClaim({ canary: null, verified: null }).text).not.toContain('same bits');
});

test('every question of the canary has a finding in words; what breaks a promise is bad, what WGSL allows is a note', () => {
  const tones = Object.fromEntries(canaryFindings(HONEST).map(({ name, tone }) => [name, tone]));
  expect(tones).toEqual({
    Contraction: 'good',
    'Order of sums': 'good',
    Rounding: 'good',
    Denormals: 'note',
    exp: 'note',
    tanh: 'note',
    'Subgroups, f16': 'good',
  });
  const broken = canaryFindings({ ...HONEST, contracts: true, reassociates: true, roundsToEven: false });
  expect(broken.map(({ tone }) => tone).slice(0, 3)).toEqual(['note', 'bad', 'bad']);
  expect(canaryVerdict(HONEST).tone).toBe('good');
  expect(canaryVerdict({ ...HONEST, roundsToEven: false }).text).toContain('this adapter does not round');
});
