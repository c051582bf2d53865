// What can go wrong between us and a GPU, as one error class with a closed set of kinds. The page words the way on from the kind.

export type GpuErrorKind = 'no-adapter' | 'limit' | 'out-of-memory' | 'device-lost' | 'internal';

/** An error of the GPU layer; `kind` says which, the message names tensor, need and limit. */
export class GpuError extends Error {
  readonly kind: GpuErrorKind;

  constructor(kind: GpuErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'GpuError';
    this.kind = kind;
  }
}
