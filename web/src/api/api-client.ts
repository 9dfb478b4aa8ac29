import { ApiError } from './api-error.ts';
import type { Alert, AlertRecord, Camera, Health, ReviewAction, Session } from './wire.ts';

/**
 * The HTTP side of the gateway. Who asks is told by the session cookie, which
 * no script can read; what changes something also carries the session's token
 * against forged requests.
 */
export class ApiClient {
  #csrf: string | undefined;

  async session(): Promise<Session> {
    return this.#opened(await this.get<Session>('/api/session'));
  }

  /** Exchanges an access token for a session cookie. The token is not kept. */
  async login(token: string): Promise<Session> {
    return this.#opened(await this.send<Session>('POST', '/api/login', { token }));
  }

  async logout(): Promise<void> {
    await this.send('POST', '/api/logout');
    this.#csrf = undefined;
  }

  async cameras(): Promise<Camera[]> {
    return (await this.get<{ cameras: Camera[] }>('/api/cameras')).cameras;
  }

  /** @param query as of `GET /api/alerts` */
  async alerts(query: string): Promise<Alert[]> {
    return (await this.alertPage(query)).alerts;
  }

  /** A page of alerts; `next` is the following one's `before`, null on the last. */
  alertPage(query: string): Promise<{ alerts: Alert[]; next: string | null }> {
    return this.get(`/api/alerts?${query}`);
  }

  alert(id: string): Promise<AlertRecord> {
    return this.get(`/api/alerts/${encodeURIComponent(id)}`);
  }

  review(alert: Alert, action: ReviewAction, reason?: string): Promise<AlertRecord> {
    return this.send('POST', `/api/alerts/${encodeURIComponent(alert.id)}/review`, {
      action,
      revision: alert.revision,
      ...(reason === undefined ? {} : { reason }),
    });
  }

  /** Health, also when it is bad: the gateway then answers 503 with the same body. */
  async health(): Promise<Health> {
    const response = await this.#fetch('/healthz');
    return response.json();
  }

  /** A picture, or null when there is none. */
  async picture(path: string): Promise<Blob | null> {
    const response = await this.#fetch(path);
    if (response.status === 404) return null;
    if (!response.ok) throw await ApiError.of(response);
    return response.blob();
  }

  /** @throws ApiError when the gateway refuses, TypeError when it does not answer */
  async get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return (await this.#ask(path, signal === undefined ? {} : { signal })).json() as Promise<T>;
  }

  /** Sends JSON, or a form as multipart. The answer is undefined when it has no body. */
  async send<T = undefined>(
    method: 'POST' | 'PATCH' | 'PUT' | 'DELETE',
    path: string,
    body?: object,
  ): Promise<T> {
    const init: RequestInit =
      body instanceof FormData
        ? { method, body }
        : body === undefined
          ? { method }
          : {
              method,
              body: JSON.stringify(body),
              headers: { 'content-type': 'application/json' },
            };
    const response = await this.#ask(path, init);
    const text = await response.text();
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** A file to keep, with the name that the gateway gives it. */
  async download(path: string): Promise<{ blob: Blob; name: string | undefined }> {
    const response = await this.#ask(path);
    const disposition = response.headers.get('content-disposition') ?? '';
    return { blob: await response.blob(), name: /filename="([^"]+)"/.exec(disposition)?.[1] };
  }

  /** Opens a WebSocket of the gateway at `path`; the cookie goes with it. */
  openSocket(path: string): WebSocket {
    return new WebSocket(this.socketUrl(path), ['nightglass.v1']);
  }

  /** The address of a WebSocket of the gateway. */
  socketUrl(path: string): string {
    const url = new URL(path, location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    return url.href;
  }

  #opened(session: Session): Session {
    this.#csrf = session.csrf;
    return session;
  }

  async #ask(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await this.#fetch(path, init);
    if (!response.ok) throw await ApiError.of(response);
    return response;
  }

  #fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    const safe = init.method === undefined || init.method === 'GET';
    if (!safe && this.#csrf !== undefined) headers.set('x-csrf-token', this.#csrf);
    return fetch(path, { ...init, headers });
  }
}
