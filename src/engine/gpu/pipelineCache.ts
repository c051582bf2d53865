// Compiles each (kernel, overrides) once. Layouts are explicit: with `layout: 'auto'` the same WGSL costs its compilation every time.
import type { GpuCounters } from './counters.ts';
import { GpuError } from './gpuError.ts';

export type BindingKind = 'uniform' | 'read' | 'write'; // write: read_write in WGSL

/** One WGSL kernel: its text, and what each binding of group 0 is, in order. */
export type Kernel = {
  readonly name: string;
  readonly code: string;
  readonly bindings: readonly BindingKind[];
  readonly inNumerics?: Kernel; // its text for the overrides of kernels/numerics.ts
};

export type Overrides = Readonly<Record<string, number>>;

export type CompiledKernel = { readonly pipeline: GPUComputePipeline; readonly layout: GPUBindGroupLayout };

const COMPUTE_STAGE = 0x4;
const BUFFER_TYPE = { uniform: 'uniform', read: 'read-only-storage', write: 'storage' } as const;

export class PipelineCache {
  readonly #device: GPUDevice;
  readonly #counters: GpuCounters;
  readonly #layouts = new Map<string, GPUBindGroupLayout>();
  readonly #modules = new Map<string, GPUShaderModule>();
  readonly #compiled = new Map<string, Promise<CompiledKernel>>();

  constructor(device: GPUDevice, counters: GpuCounters) {
    this.#device = device;
    this.#counters = counters;
  }

  /** Compiles a kernel with these overrides, or hands out the one compiled before. Throws with the WGSL compiler's message. */
  compile(kernel: Kernel, overrides: Overrides): Promise<CompiledKernel> {
    const key = pipelineKey(kernel, overrides);
    const known = this.#compiled.get(key);
    if (known) return known;
    const compiled = this.#compile(kernel, overrides);
    this.#compiled.set(key, compiled);
    compiled.catch(() => this.#compiled.delete(key)); // a lost device must not poison its successor's messages
    return compiled;
  }

  async #compile(kernel: Kernel, overrides: Overrides): Promise<CompiledKernel> {
    const layout = this.#layout(kernel.bindings);
    this.#counters.pipelinesCompiled += 1;
    try {
      const pipeline = await this.#device.createComputePipelineAsync({
        label: kernel.name,
        layout: this.#device.createPipelineLayout({ bindGroupLayouts: [layout] }),
        compute: { module: this.#module(kernel), entryPoint: 'main', constants: { ...overrides } },
      });
      return { pipeline, layout };
    } catch (cause) {
      throw new GpuError('internal', `internal: kernel ${kernel.name} does not compile: ${String(cause)}`, { cause });
    }
  }

  #module(kernel: Kernel): GPUShaderModule {
    const known = this.#modules.get(kernel.name);
    if (known) return known;
    const module = this.#device.createShaderModule({ label: kernel.name, code: kernel.code });
    this.#modules.set(kernel.name, module);
    return module;
  }

  #layout(bindings: readonly BindingKind[]): GPUBindGroupLayout {
    const key = bindings.join(' ');
    const known = this.#layouts.get(key);
    if (known) return known;
    const layout = this.#device.createBindGroupLayout({
      label: key,
      entries: bindings.map((kind, binding) => ({
        binding,
        visibility: COMPUTE_STAGE,
        buffer: { type: BUFFER_TYPE[kind] },
      })),
    });
    this.#layouts.set(key, layout);
    return layout;
  }
}

/** Names a compiled pipeline: `matmul tile_rows=8 weight_dtype=2`. */
export function pipelineKey(kernel: Kernel, overrides: Overrides): string {
  const constants = Object.entries(overrides).sort(([a], [b]) => (a < b ? -1 : 1));
  return [kernel.name, ...constants.map(([name, value]) => `${name}=${value}`)].join(' ');
}
