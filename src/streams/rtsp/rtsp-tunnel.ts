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
      const challenges = [...answer.head.matchAll(/^www-authenticate:\s*(.*)$/gim)];
      const texts = challenges.map((match) => match[1] ?? '');
      if (authorizer.challenged(texts, sent) === 'answer') continue;
    }
    if (status !== 200) {
      down.destroy();
      const code = status === 401 ? 'STREAM_UNAUTHORIZED' : 'STREAM_UNSUPPORTED';
      const why = status === 0 ? 'it speaks no HTTP' : `the HTTP tunnel was answered ${status}`;
      throw new NightglassError(code, `Cannot play from ${authority(options.url)}: ${why}`);
    }
    const up = await openWire(options, signal).catch((error: unknown) => {
      down.destroy();
      throw error;
    });
    up.write(
      head('POST', authorizer?.sign('POST', path) ?? null, [
        'Content-Type: application/x-rtsp-tunnelled',
        'Cache-Control: no-cache',
        'Content-Length: 32767',
      ]),
    );
    return { stream: new Tunnel(down, up, answer.rest), socket: down };
  }
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

/** Two sockets as one stream. */
class Tunnel extends Duplex {
  readonly #down: Socket;
  readonly #up: Socket;

  constructor(down: Socket, up: Socket, first: Buffer) {
    super();
    this.#down = down;
    this.#up = up;
    if (first.length > 0) this.push(first);
    down.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) down.pause();
    });
    // The answer to the POST, if any, says nothing.
    up.resume();
    for (const socket of [down, up]) {
      socket.on('error', (error) => this.destroy(error));
      socket.on('close', () => this.destroy());
    }
  }

  override _read(): void {
    this.#down.resume();
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#up.write(Buffer.from(chunk).toString('base64'), done);
  }

  override _final(done: () => void): void {
    this.#up.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#down.destroy();
    this.#up.destroy();
    done(error);
  }
}
