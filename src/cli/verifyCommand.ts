// `verify`: does this machine's GPU compute what is known beforehand of the demo models, in every mode? The headless "Verify this GPU".
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  adapterName,
  canary,
  type Gpu,
  recordExpected,
  trustLines,
  type Verification,
  type Verified,
  Verifier,
  verdictOf,
} from '../engine/index.ts';
import { nodeFolder } from '../sources/folder.node.ts';
import { type Command, say } from './command.ts';
import { openDawn } from './dawn.ts';

const DEMO_MODELS = ['public/models/demo-gqa', 'public/models/demo-neox'];

export const VERIFY: Command = {
  name: 'verify',
  summary: 'check this GPU: the demo models in every mode, against what is known of them',
  usage: `Usage: splitscope verify [DIR]… [--json FILE] [--record]
  Measures the adapter, then runs each DIR (the bundled demo models unless given) in every mode: fused, split, repeat_kv, each order,
  online softmax, f16, bf16, native and portable. Portable arithmetic must give the recorded bits at every hook; native arithmetic must
  lie within each operation's derived bound and beside the recorded activations. Exit code 1 if any mode fails.
  --record writes DIR/verify.json anew, by the reference in JavaScript; no GPU is asked.

Examples:
  splitscope verify
  splitscope verify public/models/demo-gqa --json verification.json`,
  run: verify,
};

async function verify(args: readonly string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: 'string' }, record: { type: 'boolean', default: false } },
  });
  const folders = positionals.length > 0 ? positionals : DEMO_MODELS;
  if (values.record) return record(folders);
  const gpu = await openDawn();
  const report = await canary(gpu);
  const rows: Verified[] = [];
  for (const folder of folders) rows.push(...(await verifyFolder(gpu, folder)));
  const verification: Verification = { status: 'done', rows, total: rows.length, problem: null };
  const adapter = adapterName(gpu.adapter);
  if (values.json) await writeFile(values.json, `${JSON.stringify({ adapter, canary: report, rows }, null, 2)}\n`);
  console.log([adapter, ...trustLines(report, verification)].join('\n'));
  gpu.destroy();
  return verdictOf(verification) === 'passes' ? 0 : 1;
}

async function verifyFolder(gpu: Gpu, folder: string): Promise<Verified[]> {
  const verifier = await Verifier.open(gpu, nodeFolder(folder));
  const rows: Verified[] = [];
  try {
    for (const mode of verifier.modes) {
      const row = await verifier.verify(mode);
      rows.push(row);
      console.log(line(row));
    }
    return rows;
  } finally {
    verifier.destroy();
  }
}

function line({ model, mode, check, hooks, worst, passes, departure, elapsedMs }: Verified): string {
  const error = worst ? `${worst.error.toExponential(1)} of ${worst.bound.toExponential(1)} at ${worst.hook}` : '';
  const verdict = passes ? 'ok' : `FAILS: ${departure?.hook ?? ''} ${departure?.why ?? ''}`;
  const cells = [model.padEnd(10), mode.padEnd(36), `${hooks} hooks, ${check}`.padEnd(22), verdict, error];
  return `${cells.join(' ').trimEnd()}  (${Math.round(elapsedMs)} ms)`;
}

async function record(folders: readonly string[]): Promise<number> {
  for (const folder of folders) {
    const modes = await recordExpected(nodeFolder(folder));
    await writeFile(join(folder, 'verify.json'), `${JSON.stringify({ modes }, null, 1)}\n`);
    say(`${Object.keys(modes).length} modes in ${folder}/verify.json`);
  }
  return 0;
}
