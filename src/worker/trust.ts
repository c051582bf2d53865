// What the page asks of the instrument itself: the canary, the demo models in every mode, and what cases ask.
import {
  batchProbe,
  type Checkpoint,
  type CheckpointFolder,
  canary,
  type Gpu,
  type Model,
  readReferenceWeights,
  transformerLens114,
  type Verified,
  Verifier,
} from '../engine/index.ts';
import type { Handlers, Handling } from './host.ts';
import type { RequestOf } from './protocol.ts';
import type { TrustRequest } from './trustProtocol.ts';

/** The GPU that is open, a turn on it, and where demo models lie. */
export type TrustBench = {
  readonly gpu: () => Gpu; // throws where none is open
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  readonly loaded: () => { readonly model: Model; readonly checkpoint: Checkpoint }; // the reader's; throws where there is none
  readonly demoFolder: (name: string) => CheckpointFolder;
};

const DEMO_MODELS = ['demo-gqa', 'demo-neox'] as const;

/** The handlers of trust over a bench. */
export function trustHandlers(bench: TrustBench): Pick<Handlers, TrustRequest['kind']> {
  const { gpu, inTurn } = bench;
  return {
    measureAdapter: () => inTurn(() => canary(gpu())),
    verify: (_, handling) => verify(bench, handling),
    probe: (request, { signal }) => inTurn(() => probe(bench, request, signal)),
  };
}

async function probe({ loaded }: TrustBench, { what, spec, tokenIds }: RequestOf<'probe'>, signal: AbortSignal) {
  const { model, checkpoint } = loaded();
  switch (what) {
    case 'batch':
      return batchProbe(model, spec, tokenIds);
    case 'transformerLens114':
      return transformerLens114(model, await readReferenceWeights(checkpoint, signal), tokenIds);
    default:
      return what satisfies never;
  }
}

/** Runs every mode; a cancel takes effect between two. */
async function verify({ gpu, inTurn, demoFolder }: TrustBench, { signal, onProgress }: Handling): Promise<Verified[]> {
  const verifiers: Verifier[] = [];
  const rows: Verified[] = [];
  try {
    for (const name of DEMO_MODELS) {
      verifiers.push(await inTurn(() => Verifier.open(gpu(), demoFolder(name), signal)));
    }
    const total = verifiers.reduce((sum, { modes }) => sum + modes.length, 0);
    for (const verifier of verifiers) {
      for (const mode of verifier.modes) {
        signal.throwIfAborted();
        const row = await inTurn(() => verifier.verify(mode, signal));
        rows.push(row);
        onProgress({ kind: 'verify', rows: [row], total });
      }
    }
    return rows;
  } finally {
    for (const verifier of verifiers) verifier.destroy();
  }
}
