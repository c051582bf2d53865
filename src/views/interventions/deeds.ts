// What can be done to a head or to a token with one press: interventions, in words. Pure.
import { type BlockHook, blockHook, type HookName, type Intervention, type Operation } from '../../engine/index.ts';

export type Deed = { readonly label: string; readonly note: string | null; readonly intervention: Intervention };

const SPLIT = 'split mode';
const FROM_CORRUPTED = 'needs a corrupted prompt';

function deed(
  label: string,
  note: string | null,
  edit: Omit<Intervention, 'enabled' | 'positions'> & Partial<Intervention>,
): Deed {
  return { label, note, intervention: { positions: 'all', enabled: true, ...edit } };
}

function patchFrom(hook: HookName): Operation {
  return { kind: 'patch', prompt: 'corrupted', source: hook };
}

type HeadAt = { readonly layer: number; readonly head: number };

/** Edits of one head; `group`: query heads of one kv head. */
export function headDeeds({ layer, head }: HeadAt, group: number, hasCorrupted: boolean): readonly Deed[] {
  const kv = Math.floor(head / group);
  const needs = hasCorrupted ? null : FROM_CORRUPTED;
  const at = (hook: BlockHook, of: number) => ({ hook: blockHook(layer, hook), heads: [of] });
  const z = at('attn.hook_z', head);
  const q = at('hook_q_input', head);
  const inputs = (['k', 'v'] as const).map((part) => {
    const place = at(`hook_${part}_input`, kv);
    const whose = group > 1 ? `L${layer}KV${kv}'s` : 'the';
    const label = `Patch ${whose} ${part} input from corrupted`;
    return deed(label, needs ?? SPLIT, { ...place, operation: patchFrom(place.hook) });
  });
  return [
    deed("Zero this head's z", null, { ...z, operation: { kind: 'zero' } }),
    deed("Set this head's z to its mean over positions", null, { ...z, operation: { kind: 'mean' } }),
    deed("Patch this head's z from corrupted", needs, { ...z, operation: patchFrom(z.hook) }),
    deed('Patch the q input from corrupted', needs ?? SPLIT, { ...q, operation: patchFrom(q.hook) }),
    ...inputs,
    deed("Zero this head's pattern", null, { ...at('attn.hook_pattern', head), operation: { kind: 'zero' } }),
  ];
}

type TokenAt = {
  readonly position: number;
  readonly layer: number; // looked at
  readonly other: number; // the position chosen before, to change places with
};

/** Edits of one position. */
export function tokenDeeds({ position, layer, other }: TokenAt, hasCorrupted: boolean): readonly Deed[] {
  const needs = hasCorrupted ? null : FROM_CORRUPTED;
  const stream = { hook: blockHook(layer, 'hook_resid_pre'), heads: 'all', positions: [position] } as const;
  const embed = { hook: 'hook_embed', heads: 'all', positions: [position] } as const;
  const pair = [Math.min(position, other), Math.max(position, other)];
  const swap =
    other === position || other < 0
      ? []
      : [
          deed(`Swap the embeddings of ${pair.join(' and ')}`, null, {
            ...embed,
            positions: pair,
            operation: { kind: 'swap' },
          }),
        ];
  return [
    deed('Patch its embedding from corrupted', needs, { ...embed, operation: patchFrom('hook_embed') }),
    deed(`Patch the stream before layer ${layer} from corrupted`, needs, {
      ...stream,
      operation: patchFrom(stream.hook),
    }),
    deed('Zero its embedding', null, { ...embed, operation: { kind: 'zero' } }),
    deed('Add noise to its embedding', null, { ...embed, operation: { kind: 'noise', deviation: 0.1, seed: 0 } }),
    ...swap,
  ];
}
