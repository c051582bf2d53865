// What the page asks of the instrument itself: the canary. It takes its turn on the GPU and needs no model of the reader's.
import { canary, type Gpu } from '../engine/index.ts';
import type { Handlers } from './host.ts';
import type { TrustRequest } from './trustProtocol.ts';

/** The GPU that is open, and a turn on it. */
export type TrustBench = {
  readonly gpu: () => Gpu; // throws where none is open
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
};

/** The handlers of trust over a bench. */
export function trustHandlers({ gpu, inTurn }: TrustBench): Pick<Handlers, TrustRequest['kind']> {
  return { measureAdapter: () => inTurn(() => canary(gpu())) };
}
