// The recorded interventions of a checkpoint folder (`edits` of meta.json) as ours.
import { type HookName, type Intervention, isHookName, type Operation } from '../engine/index.ts';

/** One recorded intervention: edit.N.logits are the logits under it. */
export type GoldenEdit = {
  readonly description: string;
  readonly qkv: 'fused' | 'split';
  readonly interventions: readonly Intervention[];
  readonly problem: string | null; // why it cannot be read; the others are carried out all the same
};

/** Reads `edits` of a prompt of `nPos` tokens; [] where there are none. Throws where it is no list. */
export function readGoldenEdits(meta: unknown, where: string, nPos: number): GoldenEdit[] {
  const edits = field(meta, 'edits') ?? [];
  if (!Array.isArray(edits)) throw new Error(`${where}: edits is no list`);
  return edits.map((edit: unknown, index) => {
    const description = String(field(edit, 'description') ?? `edit ${index}`);
    const ops = field(edit, 'ops');
    const list: readonly unknown[] = Array.isArray(ops) ? ops : [];
    const qkv = [edit, ...list].some((op) => field(op, 'mode') === 'fused') ? 'fused' : 'split';
    try {
      if (list.length === 0) throw new Error(`${where}: edit ${index} has no list of ops`);
      const interventions = list.map((op) => interventionOf(op, `${where}: edit ${index}`, nPos));
      return { description, qkv, interventions, problem: null };
    } catch (error) {
      return { description, qkv, interventions: [], problem: error instanceof Error ? error.message : String(error) };
    }
  });
}

function interventionOf(op: unknown, where: string, nPos: number): Intervention {
  return {
    hook: hookOf(op, 'hook', where),
    heads: indicesOf(op, ['head', 'heads'], where),
    positions: withAll(indicesOf(op, ['position', 'positions'], where), nPos),
    operation: operationOf(op, where),
    enabled: true,
  };
}

/** A number, a list of them, or all: left out, null or "all". */
function indicesOf(op: unknown, names: readonly string[], where: string): readonly number[] | 'all' {
  const value = names.map((name) => field(op, name) ?? null).find((found) => found !== null) ?? 'all';
  if (value === 'all') return 'all';
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const indices = list.filter((index): index is number => Number.isInteger(index));
  if (indices.length === list.length) return indices;
  throw new Error(
    `${where} has ${names[0]} ${JSON.stringify(value)}, expected an integer, a list of them, or null for all`,
  );
}

/** Positions below 0 count from the end, as in Python. */
function withAll(positions: readonly number[] | 'all', nPos: number): readonly number[] | 'all' {
  return positions === 'all' ? 'all' : positions.map((position) => (position < 0 ? position + nPos : position));
}

function operationOf(op: unknown, where: string): Operation {
  const kind = field(op, 'op');
  const source = () => hookOf(op, field(op, 'source') === undefined ? 'hook' : 'source', where);
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
