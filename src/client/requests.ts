import { ApiError } from './api-error.ts';

export interface RequestsOptions {
  /**
   * Where the gateway listens, such as `http://127.0.0.1:8480`, or `https://host/nightglass` below
   * the path of a proxy.
   */
  readonly address: string;
  /** A token; none where the gateway is open, or the page has a session cookie. */
  readonly token?: string;
  /** Stands in for the built-in `fetch`. */
  readonly fetch?: typeof fetch;
  /** Milliseconds for an answer; default 30000. Uploads and downloads may take ten times that. */
  readonly timeoutMs?: number;
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
type Query = Readonly<Record<string, unknown>>;

interface Asking {
  readonly body?: unknown;
  /** How many times the usual time-out is waited. */
  readonly patience?: number;
  /** Statuses beside 2xx that come with the same answer. */
  readonly answers?: readonly number[];
  /** Gives it up, its answer too. */
  readonly signal?: AbortSignal | undefined;
}

/** HTTP towards the gateway: credentials, errors, time-outs. */
export class Requests {
  readonly address: string;
  readonly token: string | undefined;
  /** The CSRF token of the session cookie: every change carries it. */
  csrf: string | undefined;
  readonly #options: RequestsOptions;
  #open = new AbortController();

  /** @throws TypeError for an address that is none */
  constructor(options: RequestsOptions) {
    const { origin, pathname } = new URL(options.address);
    this.address = origin + pathname.replace(/\/+$/, '');
    this.token = options.token;
    this.#options = options;
  }

  /** The JSON of a GET. @throws ApiError */
  async get<T>(path: string, query: Query = {}, asking: Asking = {}): Promise<T> {
    return (await this.#ask('GET', path + queryText(query), asking)).json() as Promise<T>;
  }

  /**
   * The JSON of a change; undefined where the answer has no content.
   * @param patience how many times the usual time-out is waited
   * @throws ApiError
   */
  async send<T>(method: Method, path: string, body?: unknown, patience = 1): Promise<T> {
    const response = await this.#ask(method, path, { body, patience });
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  /** @throws ApiError */
  async text(path: string): Promise<string> {
    return (await this.#ask('GET', path)).text();
  }

  /** @throws ApiError */
  async blob(path: string): Promise<Blob> {
    return (await this.#ask('GET', path, { patience: 10 })).blob();
  }

  /**
   * A download under the name that the gateway gives it, else `name`.
   * @throws ApiError; the reason of `signal` once that is aborted
   */
  async file(
    path: string,
    name: string,
    query: Query = {},
    signal: AbortSignal | undefined = undefined,
  ): Promise<File> {
    const asking = { patience: 10, signal };
    return fileOf(await this.#ask('GET', path + queryText(query), asking), name);
  }

  /** The same of what a POST makes. @throws ApiError */
  async makeFile(path: string, name: string, body: object): Promise<File> {
    return fileOf(await this.#ask('POST', path, { body, patience: 10 }), name);
  }

  /** Gives up every request that has no answer yet; they fail as UNREACHABLE. */
  giveUp(): void {
    this.#open.abort();
    this.#open = new AbortController();
  }

  async #ask(method: Method, path: string, asking: Asking = {}): Promise<Response> {
    const { fetch: ask = fetch, timeoutMs = 30_000 } = this.#options;
    const { body, patience = 1, answers = [], signal } = asking;
    const form = body instanceof FormData;
    const headers = new Headers();
    if (this.token !== undefined) headers.set('authorization', `Bearer ${this.token}`);
    if (body !== undefined && !form) headers.set('content-type', 'application/json');
    if (method !== 'GET' && this.csrf !== undefined) headers.set('x-csrf-token', this.csrf);
    const late = AbortSignal.timeout(timeoutMs * (form ? 10 : patience));
    const ends = [late, this.#open.signal];
    if (signal !== undefined) ends.push(signal);
    let response: Response;
    try {
      response = await ask(this.address + path, {
        method,
        headers,
        credentials: 'same-origin',
        signal: AbortSignal.any(ends),
        ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
      });
    } catch (cause) {
      signal?.throwIfAborted();
      const message = `Cannot reach ${this.address}`;
      throw new ApiError(0, { code: 'UNREACHABLE', message }, { cause });
    }
    if (!response.ok && !answers.includes(response.status)) throw await failure(response);
    return response;
  }
}

async function fileOf(response: Response, name: string): Promise<File> {
  const disposition = response.headers.get('content-disposition') ?? '';
  const given = /filename="([^"]+)"/.exec(disposition)?.[1] ?? name;
  const content = await response.blob();
  return new File([content], given, { type: content.type });
}

async function failure(response: Response): Promise<ApiError> {
  const retryAfter = Number(response.headers.get('retry-after')) || undefined;
  const options = retryAfter === undefined ? {} : { retryAfter };
  try {
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    if (typeof error.code === 'string') return new ApiError(response.status, error, options);
  } catch {
    // Something between us and the gateway has answered.
  }
  const message = `The gateway answered ${response.status} without saying why`;
  return new ApiError(response.status, { code: 'UNKNOWN', message }, options);
}

/** Without what is undefined; lists are comma-separated. */
function queryText(query: Query): string {
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) fields.append(name, String(value));
  }
  return fields.size === 0 ? '' : `?${fields}`;
}
