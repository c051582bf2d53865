// One request to a hub. The token goes to the endpoint's origin and nowhere else: not to the host that `next` links or redirects name
// (fetch drops Authorization when a redirect leaves the origin), and never unencrypted. Statuses become SourceErrors that say the next step.
import { messageOf, SourceError } from '../sourceError.ts';
import { type HubRepository, maySendToken } from './endpoint.ts';

export type HubAccess = HubRepository & {
  readonly token: string | null; // held in memory by whoever asks
};

/** A fetch that carries the token to the endpoint's origin only, and every request the signal. */
export function hubFetch({ endpoint, token }: HubAccess, signal?: AbortSignal): typeof fetch {
  const origin = new URL(endpoint).origin;
  return async (input, init = {}) => {
    const url = input instanceof Request ? input.url : String(input);
    const headers = new Headers(init.headers);
    headers.delete('Authorization');
    const isEndpoint = new URL(url).origin === origin;
    if (token !== null && isEndpoint && maySendToken(endpoint)) headers.set('Authorization', `Bearer ${token}`);
    return fetch(input, { ...init, headers, credentials: 'omit', ...(signal ? { signal } : {}) });
  };
}

export type Answer = {
  readonly status: number;
  readonly errorCode: string | null; // X-Error-Code: RepoNotFound, GatedRepo, RevisionNotFound, EntryNotFound
};

/** What a status that is no success means for `what` ('config.json', 'the repository'). */
export function statusError({ endpoint, repo, token }: HubAccess, what: string, answer: Answer): SourceError {
  const { status, errorCode } = answer;
  const { host } = new URL(endpoint);
  const page = `${endpoint}/${repo}`;
  if (status === 403 || errorCode === 'GatedRepo') {
    const next = token === null ? 'then give a token' : 'with the account that the token belongs to';
    return new SourceError(
      'gated',
      `${host} does not give ${what} of ${repo} (${status}). Accept its terms at ${page}, ${next}.`,
    );
  }
  if (status === 401) {
    const next =
      token === null
        ? 'It is private or gated, or there is none of that name: check the name, or give a token.'
        : 'The token given is not accepted: it may be wrong, expired, or of an account without access.';
    return new SourceError('gated', `${host} does not give ${what} of ${repo} (401). ${next}`);
  }
  if (status === 404) return new SourceError('not-found', notFound(host, repo, what, errorCode));
  return new SourceError('server', `${host} answered ${status} for ${what} of ${repo}, expected it. Try again later.`);
}

function notFound(host: string, repo: string, what: string, errorCode: string | null): string {
  if (errorCode === 'RepoNotFound') return `${host} has no repository ${repo} (404). Check the name.`;
  if (errorCode === 'RevisionNotFound') return `${repo} on ${host} has no such revision (404). Try main.`;
  return `${host} has no ${what} of ${repo} (404). Check the name and the revision.`;
}

/** What a fetch that threw means; a signal's own reason passes through. */
export function unreachable(url: string | URL, cause: unknown): SourceError {
  const { host } = new URL(url);
  return new SourceError(
    'offline',
    `${host} could not be reached: ${messageOf(cause)}. Check the connection; what was downloaded is kept.`,
    { cause },
  );
}
