// The indirect-object walk-through on the demo model: which heads look back by one, which complete what was seen before, which move
// the name. After Wang et al. 2022, "Interpretability in the Wild"; every figure is of the sweep, the scores or the reading here.
import { DEFAULT_EXPERIMENT, type Experiment, formatFigure, type Sweep, type SweepCell } from '../engine/index.ts';
import { type Case, type Live, type Paragraph, say } from './case.ts';
import { bestHeads } from './figures.ts';

const [MARY, JOHN] = [523, 521] as const; // " Mary", " John"
const [N_HEADS, N_POS] = [8, 15] as const;
const PAIR = [MARY, JOHN] as const;

const PROMPTS: Experiment = {
  ...DEFAULT_EXPERIMENT,
  mode: 'fused',
  corrupted: {
    text: 'When Mary and John went to the store, Mary gave a drink to',
    prependBos: 'model',
    tokenIds: null,
  },
};

const patching = (sites: Sweep['sites'], byPosition: boolean): Sweep => ({
  sites,
  operation: { kind: 'freeze', prompt: 'corrupted' },
  byPosition,
  metric: { kind: 'logitDifference', tokens: PAIR },
  position: N_POS - 1,
});

export const INDIRECT_OBJECT: Case = {
  id: 'indirect-object',
  title: 'Who is given the drink?',
  about:
    'A circuit found step by step: heads that look back, heads that complete, heads that move the name, by scores and sweeps.',
  source: { label: 'Wang et al. 2022', url: 'https://arxiv.org/abs/2211.00593' },
  steps: [
    {
      label: '1 · The question',
      experiment: PROMPTS,
      ask: null,
      panel: 'panel-outputs',
      tell: ({ result: { fingerprint } }) => [
        say`“When Mary and John went to the store, John gave a drink to …”: the one who does not give. The model says its first choice with probability ${fingerprint.a?.top[0]?.probability.toFixed(4) ?? '–'}, the next with ${fingerprint.a?.top[1]?.probability.toFixed(4) ?? '–'}.`,
        say`The corrupted prompt exchanges who gives (“…, Mary gave a drink to”), and with it the answer. What moves the answer, when it alone is taken from there, is part of the circuit.`,
      ],
    },
    {
      label: '2 · Look back, complete',
      experiment: PROMPTS,
      ask: { kind: 'scores' },
      panel: 'panel-heads',
      tell: ({ scores }) => [
        scores
          ? say`On random tokens said twice: ${bestHeads(scores.previousToken, N_HEADS, 3)} of their attention goes to the token before; ${bestHeads(scores.induction, N_HEADS, 3)} goes to what followed the same token the last time. The first write down what came before; the others, a layer later, find it.`
          : say`Scoring every head on random tokens said twice…`,
      ],
    },
    {
      label: '3 · Where the name travels',
      experiment: { ...PROMPTS, sweep: patching(['hook_resid_pre'], true) },
      ask: null,
      panel: 'panel-sweep',
      tell: (live) => [travelWords(live)],
    },
    {
      label: '4 · Which heads move it',
      experiment: { ...PROMPTS, sweep: patching(['attn.hook_z'], false) },
      ask: null,
      panel: 'panel-sweep',
      tell: (live) => [moverWords(live)],
    },
    {
      label: '5 · Who writes it',
      experiment: PROMPTS,
      ask: { kind: 'reading', tokens: PAIR },
      panel: 'panel-heads', // an open Reading asks for a pair of its own
      tell: ({ attribution }) => [
        attribution
          ? say`The difference of the two logits, ${formatFigure(attribution.logit)}, is a sum of what each part wrote into the stream. The largest parts: ${largestParts(attribution)}. A head that moves the name (step 4) and writes it here is a name mover; one that moves it and writes little works through others.`
          : say`Taking the logit of Mary, less that of John, apart…`,
      ],
    },
  ],
};

function travelWords({ sweep }: Live): Paragraph {
  if (!sweep?.isDone || sweep.clean === null) return say`Patching every position of every block's stream…`;
  const { clean, corrupted } = sweep;
  const worst = byLayer(sweep.cells).map((cells) => largestMove(cells, clean));
  const path = worst.map((cell) => `block ${cell.layer}: position ${cell.position}`).join(', ');
  return say`Clean, Mary is ahead of John by ${formatFigure(clean)}; corrupted, by ${corrupted === null ? '–' : formatFigure(corrupted)}. One position of the stream at a time is taken from the corrupted run; where it moves the answer most is where the answer is. ${path}. It starts where the second name stands and ends at the last token: some heads between carried it.`;
}

function moverWords({ sweep }: Live): Paragraph {
  if (!sweep?.isDone || sweep.clean === null) return say`Patching every head's z…`;
  const { clean } = sweep;
  const drops = sweep.cells.map(({ value }) => clean - value);
  return say`Each head's z in turn is taken from the corrupted run. The lead of ${formatFigure(clean)} falls most by ${bestHeads(drops, N_HEADS, 4)}. Those heads carry what the answer hangs on.`;
}

function byLayer(cells: readonly SweepCell[]): readonly (readonly SweepCell[])[] {
  const layers = [...new Set(cells.map(({ layer }) => layer))].sort((a, b) => a - b);
  return layers.map((layer) => cells.filter((cell) => cell.layer === layer));
}

function largestMove(cells: readonly SweepCell[], clean: number): SweepCell {
  return cells.reduce((most, cell) => (Math.abs(cell.value - clean) > Math.abs(most.value - clean) ? cell : most));
}

function largestParts({ parts }: NonNullable<Live['attribution']>): string {
  return [...parts]
    .sort((a, b) => Math.abs(b.logit) - Math.abs(a.logit))
    .slice(0, 5)
    .map(({ name, logit }) => `${name} ${formatFigure(logit)}`)
    .join(', ');
}
