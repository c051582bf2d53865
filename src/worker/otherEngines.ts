// What the worker has besides our own kernels: f64 and ieee on the CPU, ONNX Runtime, loaded with the first run that asks for it and not before, and the
// capture file that the reader dropped into the page.
import { type CaptureFile, readCaptureFile } from '../captures/captureFile.ts';
import { matchCaptures } from '../captures/matchCaptures.ts';
import {
  type Checkpoint,
  cpuEngines,
  type OtherCaptures,
  type OtherEngines,
  type OtherRequest,
} from '../engine/index.ts';
import type { OnnxEngine, OnnxHost, OnnxSpec } from '../onnx/onnxEngine.ts';
import type { GraphForm } from '../onnx/operators.ts';
import type { CaptureFileSummary } from './answers.ts';
import { KnownFailure } from './host.ts';

/** ONNX Runtime's host, and whether its WebGPU provider can run there. */
export type EngineHost = OnnxHost & { readonly hasWebGpu: boolean };

export class WorkerEngines {
  readonly #host: EngineHost;
  #onnx: { readonly checkpoint: Checkpoint; readonly engine: Promise<OnnxEngine> } | null = null;
  #file: CaptureFile | null = null;

  constructor(host: EngineHost) {
    this.#host = host;
  }

  /** Takes a capture file. Throws CaptureFileError where it is none. */
  async open(fileName: string, bytes: Uint8Array): Promise<CaptureFileSummary> {
    const file = await readCaptureFile(fileName, bytes);
    const groups = [...file.groups].map(([prefix, tensors]) => ({ prefix, tensors: tensors.size }));
    if (groups.length === 0) {
      const some = file.unread.slice(0, 5).map(({ name }) => name);
      throw new KnownFailure(
        'input',
        `${fileName} holds no tensor named as TransformerLens names hooks (blocks.0.attn.hook_z). It holds: ${some.join(', ')}.`,
      );
    }
    this.#file = file;
    return { fileName, format: file.format, groups, unread: file.unread };
  }

  /** The engines for one loaded model. */
  of(checkpoint: Checkpoint): OtherEngines {
    const onnx = (form: GraphForm, provider: OnnxSpec['provider']) => (request: OtherRequest) =>
      this.#runOnnx(checkpoint, { form, provider }, request);
    return {
      onnx: onnx('plain', 'wasm'),
      'onnx-fused': onnx('fused', 'wasm'),
      ...(this.#host.hasWebGpu && {
        'onnx-webgpu': onnx('plain', 'webgpu'),
        'onnx-webgpu-fused': onnx('fused', 'webgpu'),
      }),
      file: async (request) => this.#fromFile(request),
      ...cpuEngines({ checkpoint, pause: () => new Promise((resolve) => setTimeout(resolve)) }),
    };
  }

  async #runOnnx(
    checkpoint: Checkpoint,
    way: Pick<OnnxSpec, 'form' | 'provider'>,
    { spec, tokenIds, signal }: OtherRequest,
  ): Promise<OtherCaptures> {
    if (this.#onnx?.checkpoint !== checkpoint) {
      await this.release();
      this.#onnx = { checkpoint, engine: this.#load(checkpoint) };
    }
    const engine = await this.#onnx.engine;
    const { qkv, kv } = spec;
    const { hooks } = await engine.run({ qkv, kv, ...way }, tokenIds, signal);
    return { activations: hooks, notes: [] };
  }

  async #load(checkpoint: Checkpoint): Promise<OnnxEngine> {
    const { OnnxEngine } = await import('../onnx/onnxEngine.ts');
    return new OnnxEngine(checkpoint, this.#host);
  }

  /** Frees ONNX Runtime's sessions. */
  async release(): Promise<void> {
    const held = this.#onnx;
    this.#onnx = null;
    await held?.engine.then(
      (engine) => engine.release(),
      () => {}, // it never opened: whoever asked for it was told
    );
  }

  #fromFile({ spec, reference }: OtherRequest): OtherCaptures {
    const file = this.#file;
    if (!file) throw new KnownFailure('input', 'engine=file: no capture file is open. Drop one into the page.');
    if (!reference) {
      throw new KnownFailure(
        'input',
        'engine=file: captures from a file are run B; run A says which shapes they must have.',
      );
    }
    const [prefix, tensors] = groupFor(file, spec.qkv);
    const { captures, unmatched, absent } = matchCaptures(tensors, reference);
    if (captures.size === 0) {
      throw new KnownFailure(
        'input',
        `Nothing in ${file.fileName} goes with run A: ${unmatched[0]?.name} ${unmatched[0]?.why ?? ''}`,
      );
    }
    const rounded = [...captures.keys()].filter((hook) => tensors.get(hook)?.isRounded);
    const source = `${file.fileName}${prefix === '' ? '' : ` (${prefix})`}`;
    return {
      activations: captures,
      notes: [
        `${captures.size} hooks of run A were found in ${source}.`,
        ...(rounded.length > 0 ? [`f64 was rounded to f32 at ${rounded.length} hooks.`] : []),
        ...(absent.length > 0 ? [`Not in the file: ${list(absent)}.`] : []),
        ...unmatched.map(({ name, why }) => `${name} ${why}.`),
        ...file.unread.map(({ name, why }) => `${name} ${why}.`),
      ],
    };
  }
}

/** The group that a run's mode names ('split', 'fused'), else the one without a prefix, else the first. */
function groupFor({ groups }: CaptureFile, qkv: string) {
  for (const prefix of [qkv, '']) {
    const tensors = groups.get(prefix);
    if (tensors) return [prefix, tensors] as const;
  }
  const [first] = groups;
  if (!first) throw new Error('internal: a capture file without a group was opened');
  return first;
}

function list(names: readonly string[]): string {
  return names.length > 6 ? `${names.slice(0, 6).join(', ')} and ${names.length - 6} more` : names.join(', ');
}
