// Where a hub is: its endpoint (huggingface.co, a mirror, a test's server), and the addresses of repositories and files below it.
import { SourceError } from '../sourceError.ts';

export const HUGGING_FACE = 'https://huggingface.co';

export type HubRepository = {
  readonly endpoint: string; // an origin, perhaps with a path, no slash at its end
  readonly repo: string; // 'owner/name'
};

const REPO = /^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95}$/;
const COMMIT = /^[0-9a-f]{40}$/;

/** Reads a hub's address as a person types it. Throws SourceError saying what was expected. */
export function readEndpoint(text: string): string {
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch (cause) {
    throw new SourceError('server', `"${text}" is no address of a hub, expected one like ${HUGGING_FACE}.`, { cause });
  }
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  if (!isWeb || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new SourceError(
      'server',
      `"${text}" is no address of a hub, expected https:// and a host without user, query or fragment, like ${HUGGING_FACE}.`,
    );
  }
  return url.href.replace(/\/+$/, '');
}

/** Whether a token may be sent there: encrypted, or to this machine. */
export function maySendToken(endpoint: string): boolean {
  const { protocol, hostname } = new URL(endpoint);
  return protocol === 'https:' || hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
}

/** Checks the name of a repository. Throws SourceError. */
export function checkRepo(repo: string): string {
  if (REPO.test(repo)) return repo;
  throw new SourceError(
    'not-found',
    `"${repo}" is no name of a repository, expected owner/name like openai-community/gpt2.`,
  );
}

export function isCommit(revision: string): boolean {
  return COMMIT.test(revision);
}

/** The address of a file's bytes; the hub redirects from it to wherever they lie. */
export function fileUrl({ endpoint, repo }: HubRepository, commit: string, fileName: string): URL {
  const path = fileName.split('/').map(encodeURIComponent).join('/');
  return new URL(`${endpoint}/${repo}/resolve/${encodeURIComponent(commit)}/${path}`);
}
