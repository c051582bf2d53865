// A hub on this machine: the API, the resolve addresses that redirect to another host, and that host, with the headers that
// huggingface.co sends, and on demand the faults of servers and of the ways to them. It imports nothing of ours: it is what we talk to.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export type HubModel = {
  readonly files: Readonly<Record<string, Uint8Array | string>>;
  readonly license?: string;
  readonly token?: string; // gated: given only with this token
  readonly inGit?: boolean; // weights lie in git itself, not in LFS
};

/** What goes wrong with the requests that ask for `path`, a file or `revision` or `tree`, in the order they come, so many times. */
export type Fault = { readonly path: string; times: number } & (
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly kind: 'drop'; readonly afterBytes: number } // the connection breaks
  | { readonly kind: 'truncate'; readonly afterBytes: number } // the answer ends early, and says it is complete
  | { readonly kind: 'ignoreRange' }
  | { readonly kind: 'wrongRange' } // another range than was asked for
  | { readonly kind: 'corrupt' } // one byte is another
  | { readonly kind: 'stall'; readonly afterBytes: number } // nothing more comes
  | { readonly kind: 'slow'; readonly bytesPerSecond: number }
);

export type Seen = {
  readonly host: 'hub' | 'store';
  readonly path: string;
  readonly range: string | null;
  readonly authorization: string | null;
};

export type HubServer = {
  readonly url: string; // the endpoint
  readonly storeUrl: string; // where LFS files lie
  readonly seen: Seen[];
  readonly faults: Fault[];
  readonly commitOf: (repo: string) => string;
  close(): Promise<void>;
};

const EXPOSED =
  'X-Repo-Commit,X-Request-Id,X-Error-Code,X-Error-Message,ETag,Link,Accept-Ranges,Content-Range,Retry-After,X-Linked-Size,X-Linked-ETag';

/** Starts a hub with these models ('owner/name' → model), on two free ports: two origins. */
export async function openHubServer(models: Readonly<Record<string, HubModel>>): Promise<HubServer> {
  const hub = new Hub(models);
  const store = createServer((request, response) => hub.store(request, response));
  const front = createServer((request, response) => hub.front(request, response));
  hub.storeUrl = await listen(store);
  const url = await listen(front);
  return {
    url,
    storeUrl: hub.storeUrl,
    seen: hub.seen,
    faults: hub.faults,
    commitOf: (repo) => commitOf(repo, models[repo]),
    close: async () => {
      for (const server of [front, store]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

class Hub {
  storeUrl = '';
  readonly seen: Seen[] = [];
  readonly faults: Fault[] = [];
  readonly #models: Readonly<Record<string, HubModel>>;

  constructor(models: Readonly<Record<string, HubModel>>) {
    this.#models = models;
  }

  /** huggingface.co itself. */
  front(request: IncomingMessage, response: ServerResponse): void {
    const path = this.#note('hub', request, response);
    if (path !== null) this.#frontAnswer(path, request, response)();
  }

  #frontAnswer(path: string, request: IncomingMessage, response: ServerResponse): () => void {
    const match = /^\/(?:api\/models\/)?([^/]+\/[^/]+)\/(revision|tree|resolve)\/([^/]+)(?:\/(.+))?$/.exec(path);
    const [, repo = '', what, revision = '', fileName = ''] = match ?? [];
    const model = this.#models[repo];
    if (model === undefined) return () => fail(response, 401, 'RepoNotFound', 'Repository not found');
    const commit = commitOf(repo, model);
    if (revision !== 'main' && revision !== commit) {
      return () => fail(response, 404, 'RevisionNotFound', 'Invalid rev id');
    }
    response.setHeader('X-Repo-Commit', commit);
    if (what === 'revision') return () => this.#answer(response, what, described(repo, model, commit));
    if (what === 'tree') return () => this.#answer(response, what, listing(model));
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (model.token !== undefined && token !== model.token) {
      const status = token === undefined ? 401 : 403;
      return () => fail(response, status, 'GatedRepo', `Access to model ${repo} is restricted.`);
    }
    const bytes = bytesOf(model.files[fileName]);
    if (bytes === null) return () => fail(response, 404, 'EntryNotFound', 'Entry not found');
    if (isLfs(model, fileName)) return () => this.#redirect(response, repo, fileName, bytes);
    response.setHeader('ETag', `"${gitOid(bytes)}"`);
    return () => this.#serve(request, response, fileName, bytes);
  }

  #redirect(response: ServerResponse, repo: string, fileName: string, bytes: Uint8Array): void {
    const sha = sha256(bytes);
    response.writeHead(302, {
      Location: `${this.storeUrl}/${repo}/${sha}/${fileName}?signature=${sha.slice(0, 8)}`,
      'X-Linked-Etag': `"${sha}"`,
      'X-Linked-Size': String(bytes.byteLength),
    });
    response.end();
  }

  /** The object store that LFS files are redirected to. It refuses a token: its addresses are signed. */
  store(request: IncomingMessage, response: ServerResponse): void {
    const path = this.#note('store', request, response);
    if (path === null) return;
    const [, owner = '', name = '', , fileName = ''] = path.split('/');
    const bytes = bytesOf(this.#models[`${owner}/${name}`]?.files[fileName]);
    if (bytes === null) fail(response, 404, 'NoSuchKey', 'No such key');
    else if (request.headers.authorization !== undefined) fail(response, 400, 'InvalidArgument', 'One auth mechanism');
    else this.#serve(request, response, fileName, bytes);
  }

  /** Notes a request and answers what pages ask before it; gives the path of the others. */
  #note(host: Seen['host'], request: IncomingMessage, response: ServerResponse): string | null {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://host').pathname);
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Expose-Headers', EXPOSED);
    if (request.method === 'OPTIONS') {
      response.writeHead(204, {
        'Access-Control-Allow-Headers': 'authorization,range,accept',
        'Access-Control-Allow-Methods': 'GET',
      });
      response.end();
      return null;
    }
    const { range = null, authorization = null } = request.headers;
    this.seen.push({ host, path, range, authorization });
    return path;
  }

  /** An answer of the API, or a status, or no end of it. */
  #answer(response: ServerResponse, what: string, value: unknown): void {
    const fault = this.#fault(what);
    if (fault?.kind === 'status') {
      response.writeHead(fault.status, fault.headers);
      response.end('a fault');
    } else if (fault?.kind === 'drop') {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 1000 });
      response.write('[');
      setTimeout(() => response.destroy(), 20);
    } else json(response, value);
  }

  #fault(fileName: string): Fault | undefined {
    const fault = this.faults.find(({ path, times }) => path === fileName && times > 0);
    if (fault) fault.times -= 1;
    return fault;
  }

  #serve(request: IncomingMessage, response: ServerResponse, fileName: string, whole: Uint8Array): void {
    const fault = this.#fault(fileName);
    if (fault?.kind === 'status') {
      response.writeHead(fault.status, fault.headers);
      response.end('a fault');
      return;
    }
    const match = fault?.kind === 'ignoreRange' ? null : /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const shift = fault?.kind === 'wrongRange' ? 1 : 0;
    const start = Number(match?.[1] ?? 0) + shift;
    const end = Math.min(whole.byteLength, Number(match?.[2] ?? whole.byteLength - 1) + 1 + shift);
    const body = fault?.kind === 'corrupt' ? whole.slice(start, end) : whole.subarray(start, end);
    if (fault?.kind === 'corrupt') body[body.length >> 1] = (body[body.length >> 1] ?? 0) ^ 1;
    const sent = fault?.kind === 'truncate' ? body.subarray(0, fault.afterBytes) : body;
    response.writeHead(match ? 206 : 200, {
      'Accept-Ranges': 'bytes',
      'Content-Length': sent.byteLength,
      ...(match ? { 'Content-Range': `bytes ${start}-${end - 1}/${whole.byteLength}` } : {}),
    });
    send(response, sent, fault);
  }
}

function send(response: ServerResponse, body: Uint8Array, fault: Fault | undefined): void {
  if (fault?.kind === 'drop') {
    response.write(body.subarray(0, fault.afterBytes), () => response.destroy());
  } else if (fault?.kind === 'stall') {
    response.write(body.subarray(0, fault.afterBytes));
  } else if (fault?.kind === 'slow') {
    sendSlowly(response, body, fault.bytesPerSecond);
  } else {
    response.end(body);
  }
}

function sendSlowly(response: ServerResponse, body: Uint8Array, bytesPerSecond: number): void {
  const stepBytes = Math.ceil(bytesPerSecond / 20);
  let done = 0;
  const timer = setInterval(() => {
    if (done >= body.byteLength || response.destroyed) {
      clearInterval(timer);
      response.end();
      return;
    }
    response.write(body.subarray(done, done + stepBytes));
    done += stepBytes;
  }, 50);
}

function described(repo: string, { license, token }: HubModel, commit: string): object {
  const gated = token === undefined ? false : 'auto';
  const card = license === undefined ? {} : { cardData: { license } };
  return {
    _id: '1',
    id: repo,
    sha: commit,
    private: false,
    gated,
    downloads: 0,
    likes: 0,
    lastModified: '2024-01-01',
    ...card,
  };
}

function listing(model: HubModel): readonly object[] {
  return Object.entries(model.files).map(([path, content]) => {
    const bytes = bytesOf(content) ?? new Uint8Array();
    const size = bytes.byteLength;
    const lfs = isLfs(model, path) ? { lfs: { oid: sha256(bytes), size, pointerSize: 134 } } : {};
    return { type: 'file', oid: gitOid(isLfs(model, path) ? new Uint8Array() : bytes), size, path, ...lfs };
  });
}

function isLfs({ inGit = false }: HubModel, fileName: string): boolean {
  return !inGit && /\.(safetensors|bin)$/.test(fileName);
}

function commitOf(repo: string, model: HubModel | undefined): string {
  return createHash('sha1')
    .update(`${repo} ${Object.keys(model?.files ?? {})}`)
    .digest('hex');
}

function gitOid(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.byteLength}\0`).update(bytes).digest('hex');
}

const HASHES = new WeakMap<Uint8Array, string>(); // a redirect names the file by its hash: once a file, not once a request

function sha256(bytes: Uint8Array): string {
  const hash = HASHES.get(bytes) ?? createHash('sha256').update(bytes).digest('hex');
  HASHES.set(bytes, hash);
  return hash;
}

function bytesOf(content: Uint8Array | string | undefined): Uint8Array | null {
  if (content === undefined) return null;
  return typeof content === 'string' ? new TextEncoder().encode(content) : content;
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(value));
}

function fail(response: ServerResponse, status: number, errorCode: string, message: string): void {
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'X-Error-Code': errorCode,
    'X-Error-Message': message,
  });
  response.end(JSON.stringify({ error: message }));
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error(`no TCP address: ${address}`);
  return `http://localhost:${address.port}`;
}
