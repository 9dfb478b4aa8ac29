import type { Alert, AlertRecord, Camera, Health, ReviewAction, Session } from './wire.ts';

/** A failure as the gateway told it. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The HTTP side of the gateway. The token travels in headers and subprotocols, never in a URL. */
export class ApiClient {
  readonly #token: string | undefined;

  constructor(token: string | undefined) {
    this.#token = token;
  }

  session(): Promise<Session> {
    return this.#json('/api/session');
  }

  async cameras(): Promise<Camera[]> {
    return (await this.#json<{ cameras: Camera[] }>('/api/cameras')).cameras;
  }

  async alerts(limit: number): Promise<Alert[]> {
    return (await this.#json<{ alerts: Alert[] }>(`/api/alerts?limit=${limit}`)).alerts;
  }

  review(alert: Alert, action: ReviewAction, reason?: string): Promise<AlertRecord> {
    return this.#json(`/api/alerts/${alert.id}/review`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        action,
        revision: alert.revision,
        ...(reason === undefined ? {} : { reason }),
      }),
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
    if (!response.ok) throw await failure(response);
    return response.blob();
  }

  /** Opens a WebSocket of the gateway at `path`. */
  openSocket(path: string): WebSocket {
    const url = new URL(path, location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const token = this.#token === undefined ? [] : [`nightglass.token.${this.#token}`];
    return new WebSocket(url, ['nightglass.v1', ...token]);
  }

  async #json<T>(path: string, init: RequestInit = {}): Promise<T> {
    const response = await this.#fetch(path, init);
    if (!response.ok) throw await failure(response);
    return response.json() as Promise<T>;
  }

  #fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.#token !== undefined) headers.set('authorization', `Bearer ${this.#token}`);
    return fetch(path, { ...init, headers });
  }
}

async function failure(response: Response): Promise<ApiError> {
  try {
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    return new ApiError(response.status, error.code, error.message);
  } catch {
    return new ApiError(response.status, 'UNKNOWN', `The server answered ${response.status}`);
  }
}
