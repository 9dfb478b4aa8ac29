import type { Duplex } from 'node:stream';
import type { Clock } from '../../domain/clock.ts';
import { NightglassError } from '../../domain/errors.ts';
import type { RtspAuthorizer, Signed } from './rtsp-auth.ts';
import { authority, ended, timedOut, unauthorized, unreachable } from './rtsp-errors.ts';
import { type RtspHeaders, RtspReader } from './rtsp-reader.ts';
import { bounds } from './stream-limits.ts';
import type { StreamNotes } from './stream-notes.ts';

export interface RtspResponse {
  readonly status: number;
  readonly reason: string;
  readonly headers: RtspHeaders;
  readonly body: Buffer;
}

export interface RtspConnectionOptions {
  readonly url: URL;
  /** Shared by the connections to one camera; `null` without credentials. */
  readonly authorizer: RtspAuthorizer | null;
  readonly answerMs: number;
  readonly clock: Clock;
  readonly notes: StreamNotes;
  readonly onData: (channel: number, payload: Buffer) => void;
  /** Called once when the connection ends, also by `close()`. */
  readonly onEnd: (why: NightglassError) => void;
}

interface Waiting {
  readonly resolve: (response: RtspResponse) => void;
  readonly reject: (error: Error) => void;
  readonly cancel: () => void;
}

/** Challenges to one request that are answered: beyond them a camera plays with us. */
const maxAnswers = 6;
/** How long a request keeps the next one waiting, milliseconds; some cameras never answer. */
const turnMs = 500;
/** Patience with the end of a connection, and with the answer to a last request, milliseconds. */
const farewellMs = 500;

/**
 * One RTSP control connection: sends requests, answers challenges, hands out
 * interleaved packets. With credentials requests go out one after the other: of two in flight
 * with a nonce that is good once, or until the next one is given out, one would be refused.
 */
export class RtspConnection {
  readonly #options: RtspConnectionOptions;
  readonly #stream: Duplex;
  readonly #reader = new RtspReader();
  readonly #waiting = new Map<number, Waiting>();
  #sequence = 0;
  #ended: NightglassError | null = null;
  #challenged = false;
  /** A challenge came over this connection: nonces of others may mean nothing here. */
  #hasNonce = false;
  #turn: Promise<void> = Promise.resolve();
  #leaving = false;
  #requests = { second: 0, count: 0 };

  /** @param stream connected; the connection's own from now on */
  constructor(options: RtspConnectionOptions, stream: Duplex) {
    this.#options = options;
    this.#stream = stream;
    stream.on('data', (chunk: Buffer) => this.#onBytes(chunk));
    stream.on('error', (error) => this.#end(unreachable(options.url, error)));
    stream.on('close', () => this.#end(ended(options.url)));
    stream.on('end', () => this.#end(ended(options.url)));
  }

  /** The server ended it instead of reading the answer to its challenge. */
  get endedAfterChallenge(): boolean {
    return this.#ended !== null && this.#challenged;
  }

  get isOpen(): boolean {
    return this.#ended === null;
  }

  /** Sends a request, answering challenges, and gives the response whatever its status. */
  async request(
    method: string,
    uri: string,
    headers: Record<string, string> = {},
  ): Promise<RtspResponse> {
    const done = this.#options.authorizer === null ? null : await this.#takeTurn();
    try {
      return await this.#converse(method, uri, headers);
    } finally {
      done?.();
    }
  }

  /** Waits until the request before is answered, or has had time enough. @returns what ends the turn */
  async #takeTurn(): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = this.#turn;
    this.#turn = promise;
    await before;
    const cancel = this.#options.clock.after(turnMs, resolve);
    return () => {
      cancel();
      resolve();
    };
  }

  async #converse(
    method: string,
    uri: string,
    headers: Record<string, string>,
  ): Promise<RtspResponse> {
    const { authorizer, url } = this.#options;
    let sameNonce = false;
    for (let answers = 0; ; answers += 1) {
      const signed = authorizer?.sign(method, uri) ?? null;
      const response = await this.#send(method, uri, headers, signed);
      if (response.status !== 401) {
        this.#challenged = false;
        return response;
      }
      if (authorizer === null || answers >= maxAnswers) return response;
      const sent = signed === null || this.#hasNonce ? signed : { ...signed, reused: true };
      const verdict = authorizer.challenged(response.headers.get('www-authenticate') ?? [], sent);
      if (verdict === 'basic-in-clear') throw basicInClear(url);
      if (verdict === 'no-scheme' || verdict === 'refused') return response;
      if (verdict === 'once-more' && sameNonce) return response;
      sameNonce ||= verdict === 'once-more';
      this.#hasNonce = true;
      this.#challenged = true;
    }
  }

  /** Sends without waiting for an answer; does nothing once the connection ended. */
  sendInterleaved(channel: number, payload: Buffer): void {
    if (this.#ended !== null) return;
    const head = Buffer.from([0x24, channel, 0, 0]);
    head.writeUInt16BE(payload.length, 2);
    this.#write(Buffer.concat([head, payload]));
  }

  /**
   * Ends the connection, after a last request if one is given. Its answer is waited for only
   * where it may be a challenge: unheard, the camera would keep the session. Idempotent.
   */
  async close(last?: {
    method: string;
    uri: string;
    headers: Record<string, string>;
  }): Promise<void> {
    const stream = this.#stream;
    if (this.#ended === null && last !== undefined) await this.#farewell(last);
    this.#end(ended(this.#options.url));
    if (stream.closed) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#options.clock.after(farewellMs, () => stream.destroy());
      stream.once('close', () => {
        cancel();
        resolve();
      });
    });
  }

  async #farewell(last: { method: string; uri: string; headers: Record<string, string> }) {
    this.#leaving = true;
    const answered = this.#converse(last.method, last.uri, last.headers).then(
      () => undefined,
      () => undefined,
    );
    if (!this.#hasNonce) return;
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(farewellMs, resolve);
    await Promise.race([answered, late]);
    cancel();
  }

  #send(
    method: string,
    uri: string,
    headers: Record<string, string>,
    signed: Signed | null,
  ): Promise<RtspResponse> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    this.#sequence += 1;
    const sequence = this.#sequence;
    return new Promise((resolve, reject) => {
      const { clock, answerMs, url } = this.#options;
      const cancel = clock.after(answerMs, () => {
        this.#waiting.delete(sequence);
        reject(timedOut(url, answerMs, `no answer to ${method}`));
      });
      this.#waiting.set(sequence, { resolve, reject, cancel });
      this.#write(compose(method, uri, { ...headers, ...authorization(signed) }, sequence));
    });
  }

  /** A camera that does not read makes no one else's memory grow. */
  #write(data: string | Buffer): void {
    if (this.#stream.writableLength > bounds.unread) {
      const why = `it has not read ${Math.round(this.#stream.writableLength / 1024)} kB of ours`;
      this.#end(ended(this.#options.url, why));
      this.#stream.destroy();
      return;
    }
    this.#stream.write(data);
  }

  #onBytes(chunk: Buffer): void {
    try {
      const before = this.#reader.garbage;
      for (const item of this.#reader.push(chunk)) {
        if (this.#ended !== null) return;
        if (item.kind === 'data') {
          if (!this.#leaving) this.#options.onData(item.channel, item.payload);
        } else if (item.kind === 'response') this.#onResponse(item);
        else this.#answer(item.method, item.headers);
      }
      if (this.#reader.garbage > before) this.#options.notes.count('garbage');
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const message = `Cannot read the stream of ${authority(this.#options.url)}: ${why}`;
      this.#end(new NightglassError('STREAM_UNSUPPORTED', message));
    }
  }

  #onResponse(response: RtspResponse): void {
    // Servers exist that forget the number: then the oldest request is meant.
    const given = Number(response.headers.get('cseq')?.[0] ?? Number.NaN);
    const sequence = this.#waiting.has(given) ? given : [...this.#waiting.keys()][0];
    if (sequence === undefined) return;
    const waiting = this.#waiting.get(sequence);
    this.#waiting.delete(sequence);
    waiting?.cancel();
    waiting?.resolve({ ...response, body: Buffer.from(response.body) });
  }

  /** Servers may ask for signs of life, a few times a second. */
  #answer(method: string, headers: RtspHeaders): void {
    const second = Math.floor(this.#options.clock.monotonic() / 1000);
    if (second !== this.#requests.second) this.#requests = { second, count: 0 };
    this.#requests.count += 1;
    const { count } = this.#requests;
    if (count > bounds.requestsPerSecond) {
      this.#end(
        ended(this.#options.url, `it asks more than ${bounds.requestsPerSecond} times a second`),
      );
    } else if (count > bounds.answersPerSecond) this.#options.notes.count('server_request');
    else {
      const sequence = (headers.get('cseq')?.[0] ?? '0').slice(0, 16);
      this.#write(`RTSP/1.0 200 OK\r\nCSeq: ${sequence}\r\n\r\n`);
      if (method === 'REDIRECT') this.#end(ended(this.#options.url, 'it sends its viewers away'));
    }
  }

  #end(why: NightglassError): void {
    if (this.#ended !== null) return;
    this.#ended = why;
    for (const waiting of this.#waiting.values()) {
      waiting.cancel();
      waiting.reject(why);
    }
    this.#waiting.clear();
    this.#stream.end(() => this.#stream.destroy());
    // Where the other side reads no more, nothing is ever finished.
    if (this.#stream.writableLength > bounds.unread) this.#stream.destroy();
    this.#options.onEnd(why);
  }
}

function authorization(signed: Signed | null): Record<string, string> {
  return signed === null ? {} : { Authorization: signed.header };
}

function compose(
  method: string,
  uri: string,
  headers: Readonly<Record<string, string>>,
  sequence: number,
): string {
  const lines = [
    `${method} ${uri} RTSP/1.0`,
    `CSeq: ${sequence}`,
    'User-Agent: Nightglass',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function basicInClear(url: URL): NightglassError {
  return unauthorized(
    url,
    'it asks for the password in clear (basic authentication)',
    'Use rtsps://, or allow it for this camera with "allowBasic: true".',
  );
}
