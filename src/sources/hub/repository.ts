// A repository at one commit: what its revision resolves to, its files with sizes and hashes, its licence. No file is read.
// @huggingface/hub knows the hub's API; it loads when a hub is first asked. Its fetch is ours, so that the token stays at home.
import { messageOf, SourceError } from '../sourceError.ts';
import { checkRepo, isCommit } from './endpoint.ts';
import { type HubAccess, statusError, unreachable } from './hubFetch.ts';
import { type PatientOptions, patientFetch } from './patientFetch.ts';

export type RepositoryFile = {
  readonly byteLength: number;
  readonly sha256: string | null; // of files in LFS
  readonly gitOid: string; // sha1 of 'blob LENGTH\0' and the bytes: of files in git itself
};

export type Repository = {
  readonly access: HubAccess;
  readonly commit: string;
  readonly license: string | null; // as the model card says: 'apache-2.0'
  readonly files: ReadonlyMap<string, RepositoryFile>; // at its root
};

/** Resolves a revision and lists the files. Throws SourceError: `gated`, `not-found`, `offline`, `server`. */
export async function openRepository(
  access: HubAccess,
  revision: string,
  options: PatientOptions = {},
): Promise<Repository> {
  const { signal } = options;
  checkRepo(access.repo);
  const { listFiles, modelInfo } = await import('@huggingface/hub');
  const common = { hubUrl: access.endpoint, fetch: patientFetch(access, options) };
  const info = await asked(access, `revision ${revision}`, signal, () =>
    modelInfo({ ...common, name: access.repo, revision, additionalFields: ['sha', 'cardData'] }),
  );
  const commit = info.sha;
  if (typeof commit !== 'string' || !isCommit(commit)) throw noHub(access, `its commit as ${JSON.stringify(commit)}`);
  const files = await asked(access, 'the list of files', signal, async () => {
    const listed = new Map<string, RepositoryFile>();
    const repo = { type: 'model' as const, name: access.repo };
    for await (const entry of listFiles({ ...common, repo, revision: commit })) {
      if (entry.type !== 'file') continue;
      const { size, lfs, oid } = entry;
      listed.set(entry.path, { byteLength: lfs?.size ?? size, sha256: lfs?.oid ?? null, gitOid: oid ?? '' });
    }
    return listed;
  });
  for (const [name, { byteLength }] of files) {
    if (!Number.isSafeInteger(byteLength) || byteLength < 0) throw noHub(access, `${name}'s length as ${byteLength}`);
  }
  return { access, commit, license: licenseOf(info.cardData), files };
}

/** Asks the hub by its library, and words what goes wrong. */
async function asked<T>(
  access: HubAccess,
  what: string,
  signal: AbortSignal | undefined,
  ask: () => Promise<T>,
): Promise<T> {
  const { HubApiError } = await import('@huggingface/hub');
  try {
    return await ask();
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof HubApiError) {
      throw statusError(access, what, { status: error.statusCode, errorCode: errorCodeOf(error.message) });
    }
    // fetch throws a TypeError where no answer came; anything else is an answer that could not be read.
    if (error instanceof TypeError) throw unreachable(access.endpoint, error);
    throw noHub(access, `${what} in a form that cannot be read (${messageOf(error)})`, error);
  }
}

function noHub({ endpoint, repo }: HubAccess, what: string, cause?: unknown): SourceError {
  const { host } = new URL(endpoint);
  return new SourceError('server', `${host} gives ${what} for ${repo}. Is it the address of a hub?`, { cause });
}

/** The library keeps the error's words and drops its headers. */
function errorCodeOf(message: string): string | null {
  if (/repository not found/i.test(message)) return 'RepoNotFound';
  if (/invalid rev id|revision not found/i.test(message)) return 'RevisionNotFound';
  return /gated|restricted|terms/i.test(message) ? 'GatedRepo' : null;
}

function licenseOf(card: unknown): string | null {
  if (typeof card !== 'object' || card === null) return null;
  const named = [Reflect.get(card, 'license_name'), Reflect.get(card, 'license')];
  const found = named.find((value) => typeof value === 'string' && value !== '' && value !== 'other');
  return typeof found === 'string' ? found : null;
}
