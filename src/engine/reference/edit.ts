// Interventions in f64, by plain loops over rows and heads. Twin of kernels/edit.wgsl and kernels/meanPositions.wgsl.
import type { HookName } from '../hooks/hookName.ts';
import { type Intervention, type Operation, sourceOf } from '../hooks/intervention.ts';
import { seededNoise } from '../hooks/noise.ts';
import { embed } from './embed.ts';
import type { ReferenceEdit } from './referenceHooks.ts';
import type { ReferenceMatrix, ReferenceTensor } from './referenceTensor.ts';

/** Activations that interventions read: of the other runs by name; of the same run, what it has recorded so far. */
export type ReferenceSources = {
  readonly clean?: ReadonlyMap<HookName, ReferenceTensor>;
  readonly corrupted?: ReadonlyMap<HookName, ReferenceTensor>;
};

export type EditContext = {
  readonly sources: ReferenceSources;
  readonly W_E: ReferenceMatrix;
  readonly embedScale: number;
};

/** One element's place: scores and patterns are read as [query_pos, heads, key_pos]. */
type Place = { readonly pos: number; readonly head: number; readonly column: number };

/** Makes one edit of all enabled interventions, in the order of their list. Throws where a source was not captured. */
export function interventionEdit(interventions: readonly Intervention[], context: EditContext): ReferenceEdit {
  const enabled = interventions.filter((intervention) => intervention.enabled);
  return (hook, tensor, soFar) =>
    enabled
      .filter((intervention) => intervention.hook === hook)
      .reduce((edited, intervention) => applyIntervention(intervention, edited, { ...context, soFar }), tensor);
}

/** What an intervention may read when it applies: other runs, tokens, and what this run has recorded so far. */
export type Reading = EditContext & { readonly soFar: ReadonlyMap<HookName, ReferenceTensor> };

/** Makes one intervention of a tensor at its hook. Throws where its source was not captured. */
export function applyIntervention(intervention: Intervention, x: ReferenceTensor, reading: Reading): ReferenceTensor {
  const { hook, heads, positions, operation } = intervention;
  const changed = change(intervention, x, reading);
  const values = x.values.map((value, i) => {
    const place = placeOf(hook, x, i);
    const isChosen =
      (heads === 'all' || heads.includes(place.head)) && (positions === 'all' || positions.includes(place.pos));
    return isChosen ? changed(value, swapped(operation, positions, place)) : value;
  });
  return { shape: x.shape, values };
}

/** The place to read from: the other of the two positions of a swap, the same place otherwise. */
function swapped(operation: Operation, positions: Intervention['positions'], place: Place): Place {
  if (operation.kind !== 'swap' || positions === 'all') return place;
  return { ...place, pos: positions.find((pos) => pos !== place.pos) ?? place.pos };
}

/** What becomes of a value, given the place that the operation reads. */
function change(
  intervention: Intervention,
  x: ReferenceTensor,
  reading: Reading,
): (value: number, at: Place) => number {
  const { hook, operation } = intervention;
  switch (operation.kind) {
    case 'zero':
      return () => 0;
    case 'scale':
      return (value) => operation.factor * value;
    case 'mean':
      return (_, at) => meanOver(hook, x, at);
    case 'set':
      return (_, at) => ofVector(operation.values, x, at);
    case 'addVector':
      return (value, at) => value + operation.factor * ofVector(operation.values, x, at);
    case 'swap':
      return (_, at) => elementAt(hook, x, at);
    case 'addToken': {
      const column = embed(reading.W_E, [operation.token], reading.embedScale);
      return (value, at) => value + operation.factor * (column[at.column] ?? Number.NaN);
    }
    case 'noise': {
      const noise = { shape: x.shape, values: Float64Array.from(seededNoise(x.shape, operation.seed)) };
      return (value, at) => value + operation.deviation * elementAt(hook, noise, at);
    }
    case 'patch':
    case 'freeze': {
      const source = sourceReader(intervention, reading);
      return (_, at) => source(at);
    }
    case 'add': {
      const source = sourceReader(intervention, reading);
      return (value, at) => value + operation.factor * source(at);
    }
    default:
      return operation satisfies never;
  }
}

function sourceReader(intervention: Intervention, { sources, soFar }: Reading): (at: Place) => number {
  const from = sourceOf(intervention);
  const captured = from && (from.prompt === 'same' ? soFar : sources[from.prompt]);
  const source = from && captured?.get(from.hook);
  if (!from || !source)
    throw new Error(`no capture of ${from?.hook} (${from?.prompt}), which ${intervention.hook} reads`);
  return (at) => elementAt(from.hook, source, { ...at, head: from.head ?? at.head });
}

function meanOver(hook: HookName, x: ReferenceTensor, at: Place): number {
  const nPos = x.shape[isPlane(hook) ? 1 : 0] ?? 0;
  let sum = 0;
  for (let pos = 0; pos < nPos; pos++) sum += elementAt(hook, x, { ...at, pos });
  return sum / nPos;
}

/** One number for all, a vector for all heads, or a vector a head. */
function ofVector(values: readonly number[], x: ReferenceTensor, { head, column }: Place): number {
  if (values.length === 1) return values[0] ?? Number.NaN;
  const width = x.shape.at(-1) ?? 1;
  return values[values.length === width ? column : head * width + column] ?? Number.NaN;
}

function isPlane(hook: HookName): boolean {
  return hook.endsWith('hook_attn_scores') || hook.endsWith('hook_pattern');
}

function placeOf(hook: HookName, { shape }: ReferenceTensor, i: number): Place {
  const width = shape.at(-1) ?? 1;
  const [column, row] = [i % width, Math.floor(i / width)];
  if (isPlane(hook)) return { column, pos: row % (shape[1] ?? 1), head: Math.floor(row / (shape[1] ?? 1)) };
  const nHeads = shape.length === 3 ? (shape[1] ?? 1) : 1;
  return { column, pos: Math.floor(row / nHeads), head: row % nHeads };
}

/** A tensor without a head axis gives every head the same. */
function elementAt(hook: HookName, { shape, values }: ReferenceTensor, { pos, head, column }: Place): number {
  const width = shape.at(-1) ?? 1;
  if (isPlane(hook)) return values[(head * (shape[1] ?? 1) + pos) * width + column] ?? Number.NaN;
  const nHeads = shape.length === 3 ? (shape[1] ?? 1) : 1;
  return values[(pos * nHeads + (nHeads === 1 ? 0 : head)) * width + column] ?? Number.NaN;
}
