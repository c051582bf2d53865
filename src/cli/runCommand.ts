// `run`: runs a checkpoint once and writes the captured activations to a safetensors file.
import { stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import {
  BLOCK_HOOKS,
  blockHook,
  formatShape,
  forwardSpecOf,
  type HookName,
  type Intervention,
  MODEL_HOOKS,
  type ModelConfig,
  PreparedSide,
  type RunSpec,
  writeSafetensors,
} from '../engine/index.ts';
import { type Command, say, theFolder, UsageError } from './command.ts';
import { EDIT_OPTION, EDIT_USAGE, editsOf, sayNotApplied } from './editsWish.ts';
import { EXPERIMENT_USAGE, oneSpecOf, promptsOf, readExperiment, WISH_OPTIONS } from './experimentWish.ts';
import { type OpenedDirectory, openDirectory } from './openDirectory.ts';
import { readRunSpec } from './readRunSpec.ts';

export const RUN: Command = {
  name: 'run',
  summary: 'run a checkpoint and write captured activations to a file',
  usage: `Usage: splitscope run DIR (--prompt "…" | --tokens 1,2,3) --out FILE [--capture GLOB]… [--spec SPEC] [--edit EDIT]…
                     [--corrupted "…" | --corrupted-tokens 1,2,3] [--experiment EXPERIMENT] [--json]
  Writes every hook that a GLOB names (* stands for anything) to FILE, a safetensors file of f32; the logits, unembed.hook_out,
  unless --capture is given. SPEC as in splitscope diff. A capture shows what interventions made of it.
${EDIT_USAGE}
${EXPERIMENT_USAGE} Its specification is A, or B where B runs alone.

Examples:
  splitscope run public/models/demo-gqa --prompt "Hello there" --capture 'blocks.*.attn.hook_pattern' --out captures.safetensors
  splitscope run ./my-model --tokens 1,2,3 --spec qkv=split --capture '*hook_q_input' --capture unembed.hook_out --out q.safetensors
  splitscope run ./my-model --experiment found.splitscope.json --capture '*hook_z' --out edited.safetensors`,
  run,
};

async function run(args: readonly string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...WISH_OPTIONS,
      ...EDIT_OPTION,
      capture: { type: 'string', multiple: true, default: ['unembed.hook_out'] },
      spec: { type: 'string', default: '' },
      out: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const directory = theFolder(positionals, 'run');
  const out = await readOut(values.out);
  const experiment = await readExperiment(values.experiment);
  const spec = readRunSpec(values.spec, '--spec', experiment ? oneSpecOf(experiment) : undefined);
  const interventions = editsOf(values.edit, experiment);
  const edits = { interventions, typed: values.edit, specs: [spec] };
  const opened = await openDirectory(directory, { prompts: promptsOf(values, experiment), edits });
  const { tensors, applied } = await captured(opened, { spec, interventions, globs: values.capture });
  const about = {
    ...{ tokens: opened.tokenIds.join(','), spec: JSON.stringify(spec), from: 'splitscope run' },
    ...(opened.corruptedTokenIds && { corrupted: opened.corruptedTokenIds.join(',') }),
    ...(applied.length > 0 && { interventions: JSON.stringify(applied) }),
  };
  await writeFile(out, writeSafetensors(tensors, about));
  const list = [...tensors].map(([hook, { shape }]) => ({ hook, shape }));
  const written = list.map(({ hook, shape }) => `${hook} ${formatShape(shape)}`);
  console.log(values.json ? JSON.stringify({ out, hooks: list }, null, 2) : written.join('\n'));
  say(`${list.length} ${list.length === 1 ? 'tensor' : 'tensors'} in ${out}`);
  return 0;
}

/** The file to write, whose folder must be there before anything is run. Throws UsageError. */
async function readOut(out: string | undefined): Promise<string> {
  if (out === undefined) throw new UsageError('Name the file to write: --out captures.safetensors.');
  if (/\.(npz|npy|csv|json|pt|bin)$/i.test(out))
    throw new UsageError(`--out is ${out}, expected a name for a safetensors file: captures.safetensors.`);
  const folder = await stat(dirname(resolve(out))).catch(() => null);
  if (folder?.isDirectory()) return out;
  throw new UsageError(`--out is ${out}: ${dirname(resolve(out))} is no folder.`);
}

type Wish = {
  readonly spec: RunSpec;
  readonly interventions: readonly Intervention[];
  readonly globs: readonly string[];
};

async function captured(
  { model, tokenIds, corruptedTokenIds: corrupted }: OpenedDirectory,
  { spec, interventions, globs }: Wish,
) {
  try {
    const side = await PreparedSide.make({
      ...{ model, spec: forwardSpecOf(spec), interventions },
      ...{ nPos: tokenIds.length, nCorrupted: corrupted?.length ?? null },
      capture: named(globs, model.config),
    });
    sayNotApplied([{ name: 'The run', notApplied: side.notApplied }]);
    await side.execute({ clean: tokenIds, corrupted });
    const { capture } = side.run;
    const hooks = capture.hooks.filter((hook) => globs.some((glob) => matches(glob, hook)));
    if (hooks.length === 0)
      throw new Error(`This run has no hook that ${globs.join(' or ')} names. Some are made in split mode only.`);
    const read = await capture.read(hooks);
    const applied = side.edits.interventions ?? [];
    side.destroy();
    return { tensors: new Map(hooks.flatMap((hook, at) => (read[at] ? [[hook, read[at]] as const] : []))), applied };
  } finally {
    model.destroy();
    model.gpu.destroy();
  }
}

/** Every hook that a glob names, in a model of this depth. Throws UsageError for a glob that names none. */
function named(globs: readonly string[], { nLayers }: ModelConfig): HookName[] {
  const blocks = Array.from({ length: nLayers }, (_, layer) => BLOCK_HOOKS.map((hook) => blockHook(layer, hook)));
  const all: readonly HookName[] = [...MODEL_HOOKS, ...blocks.flat()];
  for (const glob of globs) {
    if (all.some((hook) => matches(glob, hook))) continue;
    throw new UsageError(
      `--capture ${glob} names no hook; there are blocks.0.attn.hook_q, blocks.*.hook_resid_post, hook_embed and so on.`,
    );
  }
  return all.filter((hook) => globs.some((glob) => matches(glob, hook)));
}

/** `*` stands for anything, dots included; all else for itself. */
function matches(glob: string, hook: string): boolean {
  const parts = glob.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(hook);
}
