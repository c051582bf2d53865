// What was measured of this GPU, onto the clipboard.
import { adapterName, formatFigure, trustLines, type Verified } from '../engine/index.ts';
import type { Session } from '../session/session.ts';
import { copyText } from './clipboard.ts';

/** Copies adapter, canary and verification, a row a mode, and says what became of it; never rejects. */
export async function copyTrust(session: Session): Promise<void> {
  const { gate, verification } = session.store.getState();
  if (gate.status !== 'open') return;
  const rows = (verification?.rows ?? []).map(rowText);
  const text = [adapterName(gate.adapter), ...trustLines(gate.adapter.canary, verification), ...rows].join('\n');
  await copyText(session, text, 'What was measured of this GPU is copied.');
}

function rowText({ model, mode, hooks, check, worst, passes, departure }: Verified): string {
  const error = worst ? `, worst ${formatFigure(worst.error)} of ${formatFigure(worst.bound)} at ${worst.hook}` : '';
  const verdict = passes ? 'passes' : `FAILS: ${departure?.hook ?? ''} ${departure?.why ?? ''}`;
  return `${model} | ${mode} | ${hooks} hooks, ${check}${error} | ${verdict}`;
}
