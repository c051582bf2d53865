// What computed a hook: the dispatches of the very plan that ran, that wrote the hook's memory, each with its WGSL as it was compiled,
// its constants, its dims by their names in the shader, what is bound, and how many workgroups.
import type { Dim, Dispatch } from '../gpu/plan.ts';
import type { HookName } from '../hooks/hookName.ts';
import type { PreparedRun } from '../model/prepareRun.ts';

export type KernelBinding = {
  readonly binding: number;
  readonly access: 'uniform' | 'read' | 'write';
  readonly variable: string; // its name in the shader
  readonly holds: string; // label of the buffer: blocks.3.attn.hook_z
  readonly bytes: number;
};

export type KernelView = {
  readonly kernel: string;
  readonly makes: string; // the dispatch's label
  readonly place: number; // among the run's dispatches, from 1
  readonly places: number;
  readonly overrides: Readonly<Record<string, number>>;
  readonly dims: readonly (readonly [field: string, value: number])[];
  readonly bindings: readonly KernelBinding[];
  readonly workgroups: readonly [number, number, number];
  readonly multiplyAdds: number; // of products; 0 elsewhere
  readonly code: string; // WGSL
};

/** The dispatches that wrote a hook, in running order; none where the run did not capture it. */
export function kernelViews(run: PreparedRun, hook: HookName): KernelView[] {
  const slot = run.capture.tensor(hook)?.slot;
  const { dispatches } = run.plan;
  return dispatches.flatMap((dispatch, at) => {
    const writes = dispatch.buffers.some((buffer, i) => buffer === slot && dispatch.kernel.bindings[i + 1] === 'write');
    return writes ? [viewOf(dispatch, at, dispatches.length)] : [];
  });
}

function viewOf(dispatch: Dispatch, at: number, places: number): KernelView {
  const { kernel, label, overrides, dims, buffers, workgroups, multiplyAdds } = dispatch;
  const names = variablesOf(kernel.code);
  const fields = dimFields(kernel.code);
  return {
    kernel: kernel.name,
    makes: label,
    place: at + 1,
    places,
    overrides,
    dims: dims.map((dim, field) => [fields[field] ?? `field ${field}`, numberOf(dim)]),
    bindings: kernel.bindings.map((access, binding) => {
      const slot = buffers[binding - 1]; // binding 0 is dims
      const variable = names.get(binding) ?? '';
      return { binding, access, variable, holds: slot?.label ?? 'dims', bytes: slot?.byteLength ?? 4 * dims.length };
    }),
    workgroups,
    multiplyAdds,
    code: kernel.code,
  };
}

function numberOf(dim: Dim): number {
  if (typeof dim === 'number') return dim;
  return 'f32' in dim ? dim.f32 : dim.base;
}

/** The shader's name for each binding. */
function variablesOf(code: string): Map<number, string> {
  const found = code.matchAll(/@binding\((\d+)\)\s*var<[^>]*>\s*(\w+)/g);
  return new Map([...found].map(([, binding, name]) => [Number(binding), name ?? '']));
}

/** Names of the dims' words in order: those of `struct Dims`, a struct within it spelled out. */
function dimFields(code: string): string[] {
  const structs = new Map(
    [...code.matchAll(/struct (\w+) \{([^}]*)\}/g)].map(([, name, body]) => [name ?? '', membersOf(body ?? '')]),
  );
  const spelled = (struct: string, prefix: string): string[] =>
    (structs.get(struct) ?? []).flatMap(({ name, type }) =>
      structs.has(type) ? spelled(type, `${prefix}${name}.`) : [`${prefix}${name}`],
    );
  return spelled('Dims', '');
}

function membersOf(body: string): { readonly name: string; readonly type: string }[] {
  return [...body.matchAll(/^\s*(\w+)\s*:\s*([\w<>]+)/gm)].map(([, name, type]) => ({
    name: name ?? '',
    type: type ?? '',
  }));
}
