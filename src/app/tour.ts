// The tour of the demo model: what Splitscope is for, in five steps that each do something real.
import { blockHook, layoutClaim, type Trust } from '../engine/index.ts';
import type { Session } from '../session/session.ts';
import type { TourStep } from '../views/tour/TourStrip.tsx';

/** The steps over a sitting; what they claim of bits is what was measured. */
export function TOUR(session: Session, trust: Trust): readonly TourStep[] {
  return [
    {
      panelId: 'panel-ladder',
      text: `The demo model just ran twice on your GPU, with fused and with split QKV. ${layoutClaim(trust).text}`,
      action: { label: 'Compare both', run: () => session.setMode('compare') },
    },
    {
      panelId: 'panel-runs',
      text: 'Now let run B add its sums the other way round. This is where differences such as TransformerLens #519 come from.',
      action: { label: 'Reverse B', run: () => session.setSpec('b', { order: 'reversed' }) },
    },
    {
      panelId: 'panel-inspector',
      text: 'The ladder shows where the difference enters and how it grows; the Inspector, by how much at the chosen hook.',
      action: { label: 'Inspect hook_q', run: () => session.selectHook(blockHook(0, 'attn.hook_q')) },
    },
    {
      panelId: 'panel-heads',
      text: 'Each cell is a head. Brackets join the query heads that read one key/value head. L1H7 is an induction head.',
      action: { label: 'Open L1H7', run: () => session.selectHead(1, 7) },
    },
    {
      panelId: 'panel-prompt',
      text: 'Write your own prompt: it runs as you type. Share gives a link that carries the result; whoever opens it runs it again, and the page says whether the bits came out the same.',
      action: { label: 'Back to split against fused', run: () => session.setSpec('b', { order: 'canonical' }) },
    },
  ];
}
