// SourceError: why bytes did not arrive, by kind, so that the page can offer the next step: a token, another revision, another try.

export type SourceErrorKind =
  | 'offline' // no answer at all, or the connection kept breaking
  | 'gated' // 401, 403: a token is needed, or the terms are not accepted
  | 'not-found' // 404: no such repository, revision or file
  | 'server' // it answers, but not as a hub does: status, ranges, lengths
  | 'mismatch'; // the bytes are not those that were promised

export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly kind: SourceErrorKind;

  constructor(kind: SourceErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
