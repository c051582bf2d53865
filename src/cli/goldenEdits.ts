// The recorded interventions of a checkpoint folder (`edits` of meta.json) as ours.
import { type HookName, type Intervention, isHookName, type Operation } from '../engine/index.ts';

/** One recorded intervention: edit.N.logits are the logits under it. */
export type GoldenEdit = {
  readonly description: string;
  readonly qkv: 'fused' | 'split';
  readonly interventions: readonly Intervention[];
};

/** Reads `edits`; [] where there are none. Throws naming the edit and what is wrong with it. */
export function readGoldenEdits(meta: unknown, where: string): GoldenEdit[] {
  const edits = field(meta, 'edits') ?? [];
  if (!Array.isArray(edits)) throw new Error(`${where}: edits is no list`);
  return edits.map((edit: unknown, index) => {
    const ops = field(edit, 'ops');
    if (!Array.isArray(ops)) throw new Error(`${where}: edit ${index} has no list of ops`);
    return {
      description: String(field(edit, 'description') ?? `edit ${index}`),
      qkv: ops.some((op) => field(op, 'mode') === 'fused') ? 'fused' : 'split',
      interventions: ops.map((op) => interventionOf(op, `${where}: edit ${index}`)),
    };
  });
}

function interventionOf(op: unknown, where: string): Intervention {
  const [head, position] = [field(op, 'head') ?? null, field(op, 'position') ?? null];
  return {
    hook: hookOf(op, 'hook', where),
    heads: head === null ? 'all' : [Number(head)],
    positions: position === null ? 'all' : [Number(position)],
    operation: operationOf(op, where),
    enabled: true,
  };
}

function operationOf(op: unknown, where: string): Operation {
  const kind = field(op, 'op');
  const source = () => hookOf(op, 'source', where);
  switch (kind) {
    case 'zero':
      return { kind: 'zero' };
    case 'copy_from_corrupted':
      return { kind: 'patch', prompt: 'corrupted', source: source() };
    case 'add_from_corrupted':
      return { kind: 'add', factor: Number(field(op, 'factor') ?? 1), prompt: 'corrupted', source: source() };
    case 'subtract_head_result': {
      const sourceHead = Number(field(op, 'source_head'));
      return { kind: 'add', factor: -1, prompt: 'clean', source: source(), sourceHead };
    }
    default:
      throw new Error(
        `${where} has op ${JSON.stringify(kind)}, expected zero, copy_from_corrupted, add_from_corrupted or subtract_head_result`,
      );
  }
}

function hookOf(op: unknown, name: 'hook' | 'source', where: string): HookName {
  const hook = field(op, name);
  if (typeof hook === 'string' && isHookName(hook)) return hook;
  throw new Error(`${where} has ${name} ${JSON.stringify(hook)}, expected a hook name`);
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
