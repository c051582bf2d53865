import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test, vi } from 'vitest';
import { type ComparisonSummary, isHookName, type LadderRow } from '../../engine/index.ts';
import { LadderMarks, MARGIN } from './LadderMarks.tsx';
import { columnsOf, slotsOf } from './layout.ts';

// React as the page ships it: its development build checks every element, and takes some three times as long.
vi.hoisted(() => vi.stubEnv('NODE_ENV', 'production'));
vi.mock('react/jsx-dev-runtime', async () => {
  const { jsx, Fragment } = await import('react/jsx-runtime');
  return { jsxDEV: jsx, Fragment };
});

const N_LAYERS = 24;

/** Every hook of a block that a run of Llama captures. */
const OF_BLOCK =
  `hook_resid_pre ln1.hook_scale ln1.hook_normalized attn.hook_q attn.hook_k attn.hook_v attn.hook_rot_q attn.hook_rot_k
  attn.hook_attn_scores attn.hook_pattern attn.hook_z hook_attn_out hook_resid_mid ln2.hook_scale ln2.hook_normalized mlp.hook_pre
  mlp.hook_pre_linear mlp.hook_post hook_mlp_out hook_resid_post`.split(/\s+/);

/** A frame of a screen that shows 60 a second. Half of it is left to the browser's own layout and paint. */
const FRAME_MS = 1000 / 60;

test('the ladder of 24 layers, every hook with a difference of its own, is laid out within half a frame', () => {
  const rows = Array.from({ length: N_LAYERS }, (_, layer) =>
    OF_BLOCK.map((hook, at) => row(`blocks.${layer}.${hook}`, 1e-7 * (1 + layer) * (1 + at))),
  ).flat();
  const draw = () => {
    const columns = columnsOf(rows.map(({ hook }) => hook));
    const [width, height] = [1100, 260];
    const slots = slotsOf(columns, width - MARGIN.left - MARGIN.right);
    const index = 7;
    return renderToStaticMarkup(
      <LadderMarks {...{ rows, metric: 'maxAbs', atol: 5e-4, columns, slots, width, height, index }} />,
    );
  };
  expect(draw().match(/class="ladder-tick"/g)).toHaveLength(N_LAYERS * OF_BLOCK.length);
  // Other work on the machine only ever makes it later: the quickest counts, and what is slow every time is ours.
  const times = Array.from({ length: 30 }, () => {
    const startMs = performance.now();
    draw();
    return performance.now() - startMs;
  });
  const quickestMs = Math.min(...times);
  console.info(`ladder of ${rows.length} hooks: ${quickestMs.toFixed(1)} ms`);
  expect(quickestMs).toBeLessThan(FRAME_MS / 2);
});

function row(hook: string, maxAbs: number): LadderRow {
  if (!isHookName(hook)) throw new Error(`internal: ${hook} is no hook`);
  const summary: ComparisonSummary = {
    verdict: 'within',
    n: 1000,
    mismatched: 0,
    bitEqual: 10,
    maxAbs,
    maxAbsIndex: [0, 0],
    rms: maxAbs / 8,
    relL2: maxAbs / 4,
    sqnrDb: 120,
    cosine: 1,
    ulpMedian: 4,
    ulpP99: 300,
    ulpMax: 4000,
    nonFiniteA: 0,
    nonFiniteB: 0,
    smallestAtol: maxAbs,
  };
  return { hook, shapeA: [10, 100], shapeB: [10, 100], summary, local: { ...summary, maxAbs: maxAbs / 3 } };
}
