// `geometry`: does a real model's geometry run here, fused and split, and are they equal bit for bit? A random checkpoint of its names,
// dtypes and shards is written to a temporary folder, run, and removed again, whatever happens.
import { rmSync } from 'node:fs';
import { mkdtemp, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openCheckpoint, readByteCount } from '../engine/index.ts';
import { nodeFolder } from '../sources/folder.node.ts';
import { type Command, say, UsageError } from './command.ts';
import { openDawn } from './dawn.ts';
import { checkGeometry, type GeometryOutcome } from './geometry/checkGeometry.ts';
import { GEOMETRIES, type Geometry, type WeightDtypeName } from './geometry/geometries.ts';
import { payloadBytes, writeCheckpoint } from './geometry/writeCheckpoint.ts';

const NAMES = GEOMETRIES.map(({ name }) => name).join(', ');

export const GEOMETRY: Command = {
  name: 'geometry',
  summary: "run a real model's geometry with random weights, and compare fused with split",
  usage: `Usage: splitscope geometry NAME --tokens N [--budget BYTES] [--dtype f32|f16|bf16] [--json]
  NAME: ${NAMES}.
  Writes a random checkpoint of that geometry and layout to a temporary folder (removed afterwards), runs both modes on N
  tokens, and compares them bit for bit at q, k, v, pattern, z and resid_post of every block and at the logits.
  --budget: bytes that may be held on the GPU; weights beyond it are streamed block by block. 2GiB, 512MiB and the like will do.
  Exit code 1 if a hook differs or is not finite.

Examples:
  splitscope geometry pythia-410m --tokens 32
  splitscope geometry mistral-7b --tokens 8 --budget 2GiB`,
  run: geometry,
};

type Wish = {
  readonly geometry: Geometry;
  readonly nTokens: number;
  readonly budgetBytes: number | null;
  readonly dtype: WeightDtypeName;
  readonly json: boolean;
};

async function geometry(args: readonly string[]): Promise<number> {
  const wish = readWish(args);
  await checkDisk(wish);
  const folder = await mkdtemp(join(tmpdir(), 'splitscope-geometry-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const interrupted = (): void => process.exit(130);
  process.once('exit', remove);
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  try {
    const startMs = performance.now();
    await writeCheckpoint(folder, wish.geometry, wish.dtype, writingProgress(wish));
    const writeMs = performance.now() - startMs;
    const gpu = await openDawn();
    gpu.memory.budgetBytes = wish.budgetBytes;
    const checkpoint = await openCheckpoint(nodeFolder(folder));
    const tokenIds = Array.from({ length: wish.nTokens }, (_, i) => (i * 7919 + 11) % checkpoint.config.dVocab);
    const outcome = await checkGeometry(gpu, checkpoint, tokenIds, (stage) => say(stage));
    const adapter = gpu.adapter.architecture || gpu.adapter.description;
    const report = {
      geometry: wish.geometry.name,
      dtype: wish.dtype,
      tokens: wish.nTokens,
      adapter,
      writeMs,
      ...outcome,
    };
    console.log(
      wish.json ? JSON.stringify(report, null, 2) : worded(report, payloadBytes(wish.geometry.tensors, wish.dtype)),
    );
    gpu.destroy();
    return outcome.departures.length === 0 ? 0 : 1;
  } finally {
    remove();
    process.removeListener('exit', remove);
    process.removeListener('SIGINT', interrupted);
    process.removeListener('SIGTERM', interrupted);
  }
}

function readWish(args: readonly string[]): Wish {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      tokens: { type: 'string' },
      budget: { type: 'string' },
      dtype: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const [name, ...rest] = positionals;
  const found = GEOMETRIES.find((candidate) => candidate.name === name);
  if (!found || rest.length > 0)
    throw new UsageError(`geometry takes one of ${NAMES}; got ${positionals.join(' ') || 'none'}.`);
  if (values.tokens === undefined) throw new UsageError('Say on how many tokens: --tokens 32.');
  const nTokens = Number(values.tokens);
  if (!Number.isInteger(nTokens) || nTokens < 1)
    throw new UsageError(`--tokens is ${values.tokens}, expected a whole number from 1 on.`);
  const dtype = values.dtype === undefined ? found.dtype : readDtype(values.dtype);
  const budgetBytes = values.budget === undefined ? null : readBudget(values.budget);
  return { geometry: found, nTokens, budgetBytes, dtype, json: values.json };
}

function readDtype(text: string): WeightDtypeName {
  const dtype = (['F32', 'F16', 'BF16'] as const).find((known) => known.toLowerCase() === text.toLowerCase());
  if (!dtype) throw new UsageError(`--dtype is ${text}, expected f32, f16 or bf16.`);
  return dtype;
}

/** Reads 2147483648, 2GiB or 2.5 GiB. */
function readBudget(text: string): number {
  const bytes = readByteCount(text);
  if (bytes === null) throw new UsageError(`--budget is ${text}, expected bytes, or a figure with KiB, MiB or GiB.`);
  return bytes;
}

async function checkDisk({ geometry: { tensors, name }, dtype }: Wish): Promise<void> {
  const { bavail, bsize } = await statfs(tmpdir());
  const needed = payloadBytes(tensors, dtype);
  if (bavail * bsize > needed * 1.02) return;
  throw new Error(
    `${name} takes ${gib(needed)} in ${tmpdir()}, and ${gib(bavail * bsize)} are free. Set TMPDIR to another disk.`,
  );
}

function writingProgress({ geometry: { tensors, name }, dtype }: Wish): (bytes: number) => void {
  const total = payloadBytes(tensors, dtype);
  let [done, told] = [0, 0];
  return (bytes) => {
    done += bytes;
    const tenth = Math.floor((10 * done) / total);
    if (tenth > told) say(`writing ${name}: ${10 * tenth} % of ${gib(total)}`);
    told = tenth;
  };
}

type Report = GeometryOutcome & {
  readonly geometry: string;
  readonly dtype: string;
  readonly tokens: number;
  readonly adapter: string;
  readonly writeMs: number;
};

function worded(report: Report, weightBytes: number): string {
  const { ms, plan, peaks } = report;
  const seconds = (value: number): string => `${(value / 1000).toFixed(2)} s`;
  const verdict =
    report.departures.length === 0
      ? `split = fused, bit for bit, in ${report.elements} elements of ${report.hooks} hooks`
      : `NOT equal:\n  ${report.departures.join('\n  ')}`;
  const apart = report.peaks.besideGpuBytes === peaks.processBytes ? '' : ' less the counted bytes of the software GPU';
  return [
    `${report.geometry}, ${report.dtype} (${gib(weightBytes)} of weights), ${report.tokens} tokens, on ${report.adapter}: ${
      report.streamed ? 'blocks streamed' : 'resident'
    }`,
    verdict,
    `largest |logit| ${report.largestLogit}`,
    `peak on the GPU, as counted: ${gib(peaks.gpuBytes)}${plan.budget === null ? '' : ` of a budget of ${gib(plan.budget)}`} ` +
      `(planned for a run: weights ${gib(plan.weights)}, activations ${gib(plan.activations)}, captures ${gib(plan.captures)}, ` +
      `staging ${gib(plan.staging)}, the other run ${gib(plan.others)})`,
    `peak of the process: ${gib(peaks.processBytes)}; apart from the GPU's: ${gib(peaks.besideGpuBytes)} (resident size${apart})`,
    `write ${seconds(report.writeMs)} · load ${seconds(ms.load)} · fused ${seconds(ms.fused)} · split ${seconds(ms.split)} · ` +
      `compare ${seconds(ms.compare)}`,
  ].join('\n');
}

function gib(bytes: number): string {
  return bytes >= 2 ** 29 ? `${(bytes / 2 ** 30).toFixed(2)} GiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
