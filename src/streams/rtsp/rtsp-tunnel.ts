import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { NightglassError } from '../../domain/errors.ts';
import type { RtspAuthorizer, Signed } from './rtsp-auth.ts';
import { authority } from './rtsp-errors.ts';
import { openWire, type WireOptions } from './wire.ts';

const maxHead = 16 * 1024;
/** Challenges that are answered, a connection each. */
const maxAnswers = 3;

/**
 * RTSP through HTTP, as QuickTime has it: answers and packets come on a GET,
 * requests go out in base64 on a POST. For cameras behind what lets only HTTP through.
 * @throws NightglassError `STREAM_UNREACHABLE`, `STREAM_UNSUPPORTED`, `STREAM_UNAUTHORIZED`
 */
export async function openTunnel(
  options: WireOptions & { readonly authorizer: RtspAuthorizer | null },
  signal: AbortSignal,
): Promise<{ stream: Duplex; socket: Socket }> {
  const cookie = randomBytes(11).toString('hex');
  const path = `${options.url.pathname}${options.url.search}`;
  const { authorizer } = options;
  const head = (method: string, signed: Signed | null, extra: readonly string[]) => {
    const lines = [
      `${method} ${path} HTTP/1.0`,
      `Host: ${authority(options.url)}`,
      'User-Agent: Nightglass',
      `x-sessioncookie: ${cookie}`,
      ...(signed === null ? [] : [`Authorization: ${signed.header}`]),
      ...extra,
    ];
    return `${lines.join('\r\n')}\r\n\r\n`;
  };
  for (let attempt = 0; ; attempt += 1) {
    const down = await openWire(options, signal);
    // The nonce of an earlier tunnel may be good no more.
    const signed = authorizer?.sign('GET', path) ?? null;
    const sent = signed === null || attempt > 0 ? signed : { ...signed, reused: true };
    down.write(
      head('GET', signed, ['Accept: application/x-rtsp-tunnelled', 'Cache-Control: no-cache']),
    );
    const answer = await readHead(down, options);
    const status = Number(/^HTTP\/\d\.\d (\d{3})/.exec(answer.head)?.[1] ?? 0);
    if (status === 401 && attempt < maxAnswers && authorizer !== null) {
      down.destroy();
      if (authorizer.challenged(challengesIn(answer.head), sent) === 'answer') continue;
    }
    if (status !== 200) {
      down.destroy();
      throw refused(options, status);
    }
    const post = async (challenges: readonly string[] | null, before: Signed | null) => {
      if (challenges !== null && authorizer?.challenged(challenges, before) !== 'answer') {
        throw refused(options, 401);
      }
      const signature = authorizer?.sign('POST', path) ?? null;
      const up = await openWire(options, signal);
      up.write(
        head('POST', signature, [
          'Content-Type: application/x-rtsp-tunnelled',
          'Cache-Control: no-cache',
          'Content-Length: 32767',
        ]),
      );
      return { up, signed: signature };
    };
    const first = await post(null, null).catch((error: unknown) => {
      down.destroy();
      throw error;
    });
    return { stream: new Tunnel(down, first, answer.rest, post), socket: down };
  }
}

function refused(options: WireOptions, status: number): NightglassError {
  const code = status === 401 ? 'STREAM_UNAUTHORIZED' : 'STREAM_UNSUPPORTED';
  const why = status === 0 ? 'it speaks no HTTP' : `the HTTP tunnel was answered ${status}`;
  return new NightglassError(code, `Cannot play from ${authority(options.url)}: ${why}`);
}

function challengesIn(head: string): string[] {
  return [...head.matchAll(/^www-authenticate:\s*(.*)$/gim)].map((match) => match[1] ?? '');
}

function readHead(socket: Socket, options: WireOptions): Promise<{ head: string; rest: Buffer }> {
  const { answerMs } = options.limits;
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    const settle = (why: string | null) => {
      cancel();
      socket.off('data', onData);
      socket.off('close', onClose);
      if (why === null) return;
      socket.destroy();
      const message = `Cannot reach ${authority(options.url)}: ${why}`;
      reject(new NightglassError('STREAM_UNREACHABLE', message));
    };
    const onData = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const end = bytes.indexOf('\r\n\r\n');
      if (end === -1 && bytes.length > maxHead) return settle('its HTTP head is too long');
      if (end === -1) return;
      settle(null);
      socket.pause();
      resolve({ head: bytes.toString('latin1', 0, end), rest: bytes.subarray(end + 4) });
    };
    const onClose = () => settle('the HTTP tunnel was closed');
    const cancel = options.clock.after(answerMs, () =>
      settle(`no answer within ${answerMs / 1000} s`),
    );
    socket.on('data', onData);
    socket.on('close', onClose);
  });
}

/** The way up, and what it was signed with. */
interface Upward {
  readonly up: Socket;
  readonly signed: Signed | null;
}

/** Requests before the first answer, bytes: a camera that wants another login for the way up gets them again. */
const maxUnanswered = 16 * 1024;

/** Two sockets as one stream. */
class Tunnel extends Duplex {
  readonly #down: Socket;
  readonly #post: (challenges: readonly string[], before: Signed | null) => Promise<Upward>;
  /** Null while another is opened. */
  #up: Socket | null = null;
  /** What was asked and may have to be asked again; null once there is an answer. */
  #unanswered: Buffer[] | null = [];
  #attempts = 0;

  constructor(
    down: Socket,
    first: Upward,
    rest: Buffer,
    post: (challenges: readonly string[], before: Signed | null) => Promise<Upward>,
  ) {
    super();
    this.#down = down;
    this.#post = post;
    if (rest.length > 0) this.push(rest);
    down.on('data', (chunk: Buffer) => {
      this.#unanswered = null;
      if (!this.push(chunk)) down.pause();
    });
    down.on('error', (error) => this.destroy(error));
    down.on('close', () => this.destroy());
    this.#carry(first);
  }

  #carry({ up, signed }: Upward): void {
    if (this.destroyed) {
      up.destroy();
      return;
    }
    this.#up = up;
    for (const chunk of this.#unanswered ?? []) up.write(chunk.toString('base64'));
    let head = '';
    up.on('data', (chunk: Buffer) => {
      // Usually the POST has no answer, or one that says nothing.
      if (this.#up !== up || head.length > maxHead) return;
      head += chunk.toString('latin1');
      if (!head.includes('\r\n\r\n') || !/^HTTP\/\d\.\d 401/.test(head)) return;
      this.#again(up, head, signed);
    });
    up.on('error', (error) => this.#lose(up, error));
    up.on('close', () => this.#lose(up));
  }

  /** A nonce that was good for the GET is not for the POST: cameras that give each out once. */
  #again(up: Socket, head: string, signed: Signed | null): void {
    this.#up = null;
    up.destroy();
    this.#attempts += 1;
    const challenges = this.#attempts > maxAnswers ? [] : challengesIn(head);
    this.#post(challenges, signed).then(
      (next) => this.#carry(next),
      (error: Error) => this.destroy(error),
    );
  }

  #lose(up: Socket, error?: Error): void {
    if (this.#up === up) this.destroy(error);
  }

  override _read(): void {
    this.#down.resume();
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    const kept = this.#unanswered;
    if (kept !== null) {
      kept.push(chunk);
      if (kept.reduce((sum, { length }) => sum + length, 0) > maxUnanswered)
        this.#unanswered = null;
    }
    if (this.#up === null) done();
    else this.#up.write(chunk.toString('base64'), done);
  }

  override _final(done: () => void): void {
    if (this.#up === null) done();
    else this.#up.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#down.destroy();
    this.#up?.destroy();
    done(error);
  }
}
