// What is known beforehand of a demo model: logits, patterns and streams of a few prompts as transformers computes them in f64
// (goldens.safetensors), and what the reference in JavaScript makes of the first prompt in each mode (verify.json): the digests of
// every hook in portable arithmetic, and how far it errs itself at the recorded hooks.
import type { CheckpointFolder } from '../../checkpoint/byteSource.ts';
import { CheckpointError } from '../../checkpoint/checkpointError.ts';
import { openRequired, readJson } from '../../checkpoint/readText.ts';
import { blockHook, type HookName, isHookName } from '../../hooks/hookName.ts';
import { readTensors } from '../../reference/readTensors.ts';
import type { ReferenceTensor } from '../../reference/referenceTensor.ts';

/** Of one mode, by hook. */
export type Expected = {
  readonly digests: ReadonlyMap<HookName, string>; // empty in native arithmetic
  readonly errors: ReadonlyMap<HookName, number>; // largest |reference − recording|; empty in portable arithmetic
};

export type Recording = {
  readonly prompts: readonly { readonly text: string; readonly tokenIds: readonly number[] }[];
  readonly recorded: readonly ReadonlyMap<HookName, ReferenceTensor>[]; // by prompt
  readonly expected: ReadonlyMap<string, Expected>; // by the mode's name
};

/** Reads a folder's recordings. `verify.json` may be missing: then nothing is expected yet. Throws naming the file and what is wrong. */
export async function readRecording(
  folder: CheckpointFolder,
  nLayers: number,
  signal?: AbortSignal,
): Promise<Recording> {
  const tensors = await readTensors(await openRequired(folder, 'goldens.safetensors', signal), { signal });
  const prompts = promptsOf(await readJson(await openRequired(folder, 'goldens.json', signal), signal), folder.name);
  const expectedFile = await folder.open('verify.json', signal);
  return {
    prompts,
    recorded: prompts.map((_, prompt) => recordedOf(tensors, prompt, nLayers)),
    expected: expectedFile ? expectedOf(await readJson(expectedFile, signal), folder.name) : new Map(),
  };
}

/** The recorded hooks of one prompt, in running order; logits are final ones. */
function recordedOf(tensors: ReadonlyMap<string, ReferenceTensor>, prompt: number, nLayers: number) {
  const blocks = Array.from({ length: nLayers }, (_, layer) =>
    (['hook_resid_pre', 'attn.hook_pattern'] as const).map((hook) => blockHook(layer, hook)),
  );
  const found = [...blocks.flat(), 'unembed.hook_out' as const].flatMap((hook) => {
    const tensor = tensors.get(`${prompt}.${hook === 'unembed.hook_out' ? 'logits' : hook}`);
    return tensor ? [[hook, tensor] as const] : [];
  });
  return new Map<HookName, ReferenceTensor>(found);
}

function promptsOf(json: unknown, name: string): Recording['prompts'] {
  const list = field(json, 'prompts');
  if (!Array.isArray(list) || list.length === 0)
    throw new CheckpointError(`${name}/goldens.json has no list of prompts.`);
  return list.map((prompt: unknown, at) => {
    const ids = field(prompt, 'token_ids');
    if (Array.isArray(ids) && ids.every((id): id is number => Number.isInteger(id))) {
      return { text: String(field(prompt, 'text')), tokenIds: ids };
    }
    throw new CheckpointError(`${name}/goldens.json: prompt ${at} has no list of integers token_ids.`);
  });
}

function expectedOf(json: unknown, name: string): Map<string, Expected> {
  const modes = field(json, 'modes');
  if (typeof modes !== 'object' || modes === null) throw new CheckpointError(`${name}/verify.json has no modes.`);
  return new Map(
    Object.entries(modes).map(([mode, of]) => [
      mode,
      {
        digests: byHook(field(of, 'digests'), (value) => typeof value === 'string', `${name}/verify.json: ${mode}`),
        errors: byHook(field(of, 'errors'), (value) => typeof value === 'number', `${name}/verify.json: ${mode}`),
      },
    ]),
  );
}

function byHook<T>(json: unknown, isValue: (value: unknown) => value is T, where: string): Map<HookName, T> {
  return new Map(
    Object.entries(json ?? {}).map(([hook, value]: [string, unknown]) => {
      if (isHookName(hook) && isValue(value)) return [hook, value];
      throw new CheckpointError(`${where} has ${hook}: ${JSON.stringify(value)}, expected a hook's digest or error.`);
    }),
  );
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
