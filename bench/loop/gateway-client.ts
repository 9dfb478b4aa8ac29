import { once } from 'node:events';
import { WebSocket } from 'ws';

/** What came back. */
export interface Answered {
  readonly status: number;
  readonly bytes: number;
  readonly json: Record<string, unknown>;
}

/** One holder of a token, over HTTP and the socket. */
export class GatewayClient {
  readonly #address: string;
  readonly #token: string;

  constructor(address: string, token: string) {
    this.#address = address;
    this.#token = token;
  }

  get(path: string): Promise<Answered> {
    return this.#ask(path, {});
  }

  send(method: string, path: string, body: object): Promise<Answered> {
    const headers = { 'content-type': 'application/json' };
    return this.#ask(path, { method, headers, body: JSON.stringify(body) });
  }

  upload(path: string, form: FormData): Promise<Answered> {
    return this.#ask(path, { method: 'POST', body: form });
  }

  /**
   * Replays from a place on.
   * @param times so many replays asked for at once on one socket
   * @param readEachMs pauses after each message: a client that is slow
   * @returns events that came
   */
  async replay(
    since: string,
    { cameras = ['*'], times = 1, readEachMs = 0 }: ReplayOptions = {},
  ): Promise<number> {
    const socket = new WebSocket(`${this.#address.replace(/^http/, 'ws')}/ws`, [
      'nightglass.v1',
      `nightglass.token.${this.#token}`,
    ]);
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    let [events, ends] = [0, 0];
    socket.on('error', reject);
    socket.on('close', (code) => reject(new Error(`The socket was closed: ${code}`)));
    socket.on('message', (bytes: Buffer) => {
      // The type stands in the first bytes of the small messages; events are only counted.
      const head = bytes.subarray(0, 200).toString();
      if (head.includes('"type":"replayed"')) ends += 1;
      else if (head.includes('nightglass.alert.v1')) events += 1;
      if (ends === times) resolve(events);
      if (readEachMs > 0) {
        socket.pause();
        setTimeout(() => socket.resume(), readEachMs);
      }
    });
    await once(socket, 'open');
    const request = JSON.stringify({ type: 'subscribe', topics: ['alerts'], cameras, since });
    for (let n = 0; n < times; n += 1) socket.send(request);
    try {
      return await promise;
    } finally {
      socket.terminate();
    }
  }

  async #ask(path: string, init: RequestInit): Promise<Answered> {
    const authorization = `Bearer ${this.#token}`;
    const headers = { ...(init.headers as Record<string, string> | undefined), authorization };
    const answer = await fetch(`${this.#address}${path}`, { ...init, headers });
    const bytes = Buffer.from(await answer.arrayBuffer());
    const isJson = answer.headers.get('content-type')?.startsWith('application/json;') ?? false;
    const json = isJson && bytes.length < 2 ** 24 ? JSON.parse(bytes.toString()) : {};
    return { status: answer.status, bytes: bytes.length, json };
  }
}

export interface ReplayOptions {
  readonly cameras?: readonly string[];
  readonly times?: number;
  readonly readEachMs?: number;
}
