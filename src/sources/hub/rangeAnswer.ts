// What is asked of a server for one range of a file, and what its answers mean: the statuses, ranges and lengths that a hub never gives.
import { SourceError } from '../sourceError.ts';
import { type HubAccess, statusError } from './hubFetch.ts';

export type HubFile = {
  readonly access: HubAccess;
  readonly commit: string;
  readonly fileName: string;
  readonly byteLength: number;
};

export type ByteRange = { readonly byteOffset: number; readonly byteLength: number };

/** A whole file is asked for plainly: small files are then served as any server can. */
export function rangeHeaders({ byteLength }: HubFile, range: ByteRange, doneBytes: number): Record<string, string> {
  if (doneBytes === 0 && range.byteOffset === 0 && range.byteLength === byteLength) return {};
  return { Range: `bytes=${range.byteOffset + doneBytes}-${range.byteOffset + range.byteLength - 1}` };
}

/**
 * Checks an answer: the range that was asked for, or the whole file where all of it was wanted (a server without ranges may give it again
 * from the start). Throws what asking again will not make better, and lets the body go then.
 */
export async function checkAnswer(
  file: HubFile,
  range: ByteRange,
  doneBytes: number,
  response: Response,
): Promise<'range' | 'whole'> {
  const { access, fileName, byteLength } = file;
  const isWhole = range.byteOffset === 0 && range.byteLength === byteLength;
  const fault = !response.ok
    ? statusError(access, fileName, { status: response.status, errorCode: response.headers.get('X-Error-Code') })
    : response.status === 206
      ? wrongRange(file, range.byteOffset + doneBytes, response.headers.get('Content-Range'))
      : isWhole
        ? wrongLength(file, response)
        : rangesIgnored(file, response);
  if (fault === null) return response.status === 206 ? 'range' : 'whole';
  await response.body?.cancel();
  throw fault;
}

/** Content-Range is checked where it can be seen: a mirror may not expose it to pages. */
function wrongRange(
  { access, fileName, byteLength }: HubFile,
  from: number,
  header: string | null,
): SourceError | null {
  const match = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(header ?? '');
  if (header === null || (match && Number(match[1]) === from && (match[2] === '*' || Number(match[2]) === byteLength)))
    return null;
  return new SourceError(
    'mismatch',
    `${hostOf(access)} answered "${header}" for ${fileName}, expected bytes from ${from} of ${byteLength}. Did the file change? Open the model again.`,
  );
}

function wrongLength({ access, fileName, byteLength }: HubFile, response: Response): SourceError | null {
  const header = response.headers.get('Content-Length');
  if (header === null || response.headers.has('Content-Encoding') || Number(header) === byteLength) return null;
  return new SourceError(
    'mismatch',
    `${hostOf(access)} gives ${header} bytes for ${fileName}, expected the ${byteLength} that the repository lists. Open the model again.`,
  );
}

function rangesIgnored({ access, fileName }: HubFile, response: Response): SourceError {
  return new SourceError(
    'server',
    `${hostOf(access)} answered ${response.status} with the whole of ${fileName} where a range was asked for: it ignores ranges. ` +
      'Use another hub address, or download the files and open their folder.',
  );
}

export function busy({ access, fileName }: HubFile, status: number): SourceError {
  const why = status === 429 ? 'too many requests (429)' : `a fault of its own (${status})`;
  return new SourceError('server', `${hostOf(access)} answered ${why} for ${fileName}.`);
}

export function brokenOff({ access, fileName }: HubFile, range: ByteRange, doneBytes: number): SourceError {
  const message = `${hostOf(access)} broke ${fileName} off at byte ${range.byteOffset + doneBytes}, expected ${range.byteLength} bytes from byte ${range.byteOffset}.`;
  return new SourceError('offline', message);
}

export function tooMany({ access, fileName }: HubFile, range: ByteRange): SourceError {
  return new SourceError(
    'mismatch',
    `${hostOf(access)} gave more of ${fileName} than the ${range.byteLength} bytes from byte ${range.byteOffset} that were asked for.`,
  );
}

function hostOf({ endpoint }: HubAccess): string {
  return new URL(endpoint).host;
}
