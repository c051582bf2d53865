// The instrument's own report, as text that goes along with every report of a run: adapter, canary, verification.
import { type CanaryReport, canarySummary } from '../../gpu/canary.ts';
import type { AdapterDescription } from '../../gpu/device.ts';
import { type Verification, verificationWords } from './verification.ts';

/** What an adapter calls itself. */
export function adapterName({
  vendor,
  architecture,
  description,
}: Pick<AdapterDescription, 'vendor' | 'architecture' | 'description'>): string {
  return [vendor, architecture, description].filter((part) => part !== '').join(' ') || 'an adapter without a name';
}

/** What was measured of this GPU, a sentence a line; what was not, said too. */
export function trustLines(canary: CanaryReport | null, verification: Verification | null): readonly string[] {
  return [
    canary ? canarySummary(canary) : 'The canary has not run.',
    verification
      ? `Verification: ${verificationWords(verification)}`
      : 'The recorded runs were not verified on this GPU.',
    ...(verification?.rows ?? [])
      .filter(({ passes }) => !passes)
      .map(
        ({ model, mode, departure }) => `Fails: ${model}, ${mode}: ${departure?.hook ?? ''} ${departure?.why ?? ''}`,
      ),
  ];
}
