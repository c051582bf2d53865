// The indirect-object walk-through on the demo model: which heads look back by one, which complete what was seen before, which move
// the name, by which input, whom the logits hear and who tells those. After Wang et al. 2022, "Interpretability in the Wild"; every figure is of the sweep, the paths, the scores or the
// reading here.
import {
  DEFAULT_EXPERIMENT,
  type Experiment,
  formatFigure,
  nameOf,
  type PathCell,
  type PathSweep,
  type Receiver,
  type Sweep,
  type SweepCell,
} from '../engine/index.ts';
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

const toldTo = (...receivers: readonly Receiver[]): PathSweep => ({
  senders: 'all',
  receivers,
  heads: 'frozen',
  mlps: 'recomputed',
  metric: { kind: 'logitDifference', tokens: PAIR },
  position: N_POS - 1,
});

export const INDIRECT_OBJECT: Case = {
  id: 'indirect-object',
  title: 'Who is given the drink?',
  about:
    'A circuit found step by step: heads that look back, heads that complete, heads that move the name and whom they tell, by scores, sweeps and path patching.',
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
      label: '5 · By which input',
      experiment: { ...PROMPTS, sweep: patching(['hook_q_input', 'hook_k_input', 'hook_v_input'], false) },
      ask: null,
      panel: 'panel-sweep',
      tell: (live) => [inputWords(live)],
    },
    {
      label: '6 · Whom the logits hear',
      experiment: { ...PROMPTS, paths: toldTo({ kind: 'final' }) },
      ask: null,
      panel: 'panel-sweep',
      tell: (live) => [heardWords(live)],
    },
    {
      label: '7 · Who tells those',
      experiment: { ...PROMPTS, paths: toldTo({ kind: 'v', layer: 2, head: 1 }) },
      ask: null,
      panel: 'panel-sweep',
      tell: (live) => [tellerWords(live)],
    },
    {
      label: '8 · Who writes it',
      experiment: PROMPTS,
      ask: { kind: 'reading', tokens: PAIR },
      panel: 'panel-heads', // an open Reading asks for a pair of its own
      tell: ({ attribution }) => [
        attribution
          ? say`The difference of the two logits, ${formatFigure(attribution.logit)}, is a sum of what each part wrote into the stream. The largest parts: ${largestParts(attribution)}. A head that moves the name (step 4), whom the logits hear (step 6) and who writes it here is a name mover.`
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

function inputWords({ sweep }: Live): Paragraph {
  if (!sweep?.isDone || sweep.clean === null) return say`Patching every head's q, k and v input…`;
  const { clean, cells } = sweep;
  const name = ({ site, layer, head }: SweepCell) => {
    const input = site.charAt('hook_'.length);
    return `L${layer}${input === 'q' ? 'H' : 'KV'}${head} ${input}`;
  };
  const largestOf = (input: string) => {
    const most = largestMove(
      cells.filter(({ site }) => site === `hook_${input}_input`),
      clean,
    );
    return formatFigure(Math.abs(most.value - clean));
  };
  return say`One input of one head is taken from the corrupted run: what it looks with (q), where it is found (k), what it carries (v). The lead falls most by ${fallsMost(cells, clean, 3, name)}. No q input moves it by more than ${largestOf('q')}, no k input by more than ${largestOf('k')}, a v input by ${largestOf('v')}: where the largest are of v, the heads look at the same places under both prompts, and find another name there. With grouped queries a k or v input is that of its kv head.`;
}

function heardWords({ paths }: Live): Paragraph {
  if (!paths?.isDone || paths.clean === null) return say`Patching each sender's path to the final stream…`;
  const { clean, cells } = paths;
  const heads = cells.filter(({ sender }) => sender.kind === 'head');
  return say`Path patching: one sender at a time is as it is under the corrupted prompt, every other head is held as it was, MLPs are computed anew, and the logits alone hear of it. The lead of ${formatFigure(clean)} falls most by ${toldMost(cells, clean, 2)}, of the heads ${toldMost(heads, clean, 4)}. A head that moved the answer in step 4 and is not among these told it to others.`;
}

function tellerWords({ paths }: Live): Paragraph {
  if (!paths?.isDone || paths.clean === null) return say`Patching each sender's path to what the movers carry…`;
  const { clean, cells } = paths;
  return say`One step further back: the receiver is the v input that heads 4 to 7 of layer 2 share, what the movers carry. Heard by it alone, the lead of ${formatFigure(clean)} falls most by ${toldMost(cells, clean, 5)}. The heads among them brought the name there, and the MLP made of it what the movers carry on: a circuit, from the first block to the logits.`;
}

function toldMost(cells: readonly PathCell[], clean: number, count: number): string {
  return fallsMost(cells, clean, count, ({ sender }) => nameOf(sender, false));
}

/** Those under which the metric falls most, the largest fall first: 'L2H6 6.94, L2H5 6.84'. */
function fallsMost<Cell extends { readonly value: number }>(
  cells: readonly Cell[],
  clean: number,
  count: number,
  name: (cell: Cell) => string,
): string {
  return [...cells]
    .sort((one, other) => one.value - other.value)
    .slice(0, count)
    .map((cell) => `${name(cell)} ${formatFigure(clean - cell.value)}`)
    .join(', ');
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
