// `parity`: every recorded checkpoint below a folder, against the truth in f64.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { type Command, UsageError } from './command.ts';
import { openDawn } from './dawn.ts';
import { findGoldenFolders } from './goldens.ts';
import { type ParityRow, parityOf } from './parity.ts';

export const PARITY: Command = {
  name: 'parity',
  summary: 'check recorded checkpoints against the truth in f64',
  usage: `Usage: splitscope parity [DIR] [--json FILE]
  Runs every checkpoint folder below DIR that has a goldens.safetensors, fused and split, against the truth in f64.
  DIR is ../shared/goldens unless given. Exit code 1 if any folder fails or is unsupported.

Examples:
  splitscope parity
  splitscope parity test/fixtures/goldens --json parity.json`,
  run: parity,
};

async function parity(args: readonly string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: 'string' } },
  });
  const [directory = '../shared/goldens', ...rest] = positionals;
  if (rest.length > 0) throw new UsageError(`parity takes one folder; got ${positionals.join(' ')}.`);
  const folders = await findGoldenFolders(directory);
  if (folders.length === 0) throw new Error(`${directory} holds no folder with a goldens.safetensors.`);
  const write = async (rows: readonly ParityRow[]) => {
    if (values.json) await writeFile(values.json, `${JSON.stringify(rows, null, 2)}\n`);
  };
  if (values.json) await mkdir(dirname(values.json), { recursive: true });
  let gpu = await openDawn();
  const rows: ParityRow[] = [];
  console.log(line(['folder', 'ours', 'theirs', 'allowed', 'split = fused', 'outcome']));
  for (const folder of folders) {
    const row = await parityOf(gpu, folder);
    rows.push(row);
    await write(rows); // what is known so far, should something end the process
    if (gpu.isLost) gpu = await openDawn();
    const [ours, theirs, allowed] = [row.ours, row.theirs, row.allowed].map((x) => x?.toExponential(2) ?? '–');
    const identical = row.bitIdentical === null ? '–' : row.bitIdentical ? 'bit for bit' : 'differs';
    const outcome = row.ok ? 'ok' : row.supported ? `FAILS: ${row.message}` : `unsupported: ${row.message}`;
    console.log(line([row.name, ours ?? '–', theirs ?? '–', allowed ?? '–', identical, outcome]));
  }
  const failed = rows.filter((row) => !row.ok).length;
  console.log(
    `${rows.length - failed} of ${rows.length} folders agree (max |logits − hf64.logits|; adapter ${gpu.adapter.architecture || gpu.adapter.description})`,
  );
  gpu.destroy();
  return failed === 0 ? 0 : 1;
}

function line(cells: readonly string[]): string {
  const widths = [22, 10, 10, 10, 14, 0];
  return cells
    .map((cell, at) => cell.padEnd(widths[at] ?? 0))
    .join(' ')
    .trimEnd();
}
