import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../../domain/clock.ts';
import type { GatewayLimits } from '../../domain/gateway-limits.ts';
import type { DebugLog } from '../../domain/log.ts';
import type { Principal } from '../../domain/principal.ts';
import type { Authenticator, Credentials, Identity } from '../access/authenticator.ts';
import type { Session } from '../access/sessions.ts';

import { GatewayError, toWireError, type WireErrorCode } from '../contract/wire-error.ts';
import { authMessage } from '../schemas/messages.ts';
import { closeCodes } from './close-codes.ts';

export interface SessionOptions {
  readonly socket: WebSocket;
  readonly address: string;
  /** Token of the subprotocol, secret of the cookie. */
  readonly credentials: Credentials;
  /** Whom these stand for, or why for nobody; undefined where nothing was shown yet. */
  readonly identified: Identity | GatewayError | undefined;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly limits: GatewayLimits;
  readonly log: DebugLog;
  /** Called when it was refused, with the error's code. */
  readonly onDenied: (code: string) => void;
  /** Called once it is known who it is, before anything else. @throws GatewayError when there is no room */
  readonly makeRoom: (principal: Principal) => void;
  /** Called once, when it is let in. */
  readonly onAdmitted: (principal: Principal) => void;
  /** A text message of an admitted client. */
  readonly onText: (text: string) => void;
  /** Called once. */
  readonly onClosed: () => void;
}

/**
 * One WebSocket: who it belongs to, heart-beat, limits on what it sends, and a
 * close that ends even when the other side does not answer.
 */
export class SocketSession {
  readonly #options: SessionOptions;
  readonly #cancels = new Map<string, () => void>();
  #principal: Principal | undefined;
  #credentials: Credentials;
  #session: Session | undefined;
  #alive = true;
  #closing = false;
  #messages = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#credentials = options.credentials;
    const { socket, log } = options;
    socket.on('message', (data, binary) => this.#received(data, binary));
    socket.on('pong', () => {
      this.#alive = true;
    });
    // `ws` closes with 1009 or 1002 by itself; the event must be heard or it would throw.
    socket.on('error', (error) => log.debug({ err: error }, 'A client broke the WebSocket rules'));
    socket.once('close', () => {
      this.#closing = true;
      for (const cancel of this.#cancels.values()) cancel();
      this.#cancels.clear();
      options.onClosed();
    });
  }

  /** Starts the timers, and admits a client whose token is known already. Once, after construction. */
  begin(): void {
    const { limits, identified } = this.#options;
    this.#after('heartbeat', limits.heartbeatMs, () => this.#beat());
    this.#after('messages', limits.messageWindowMs, () => this.#newWindow());
    if (identified instanceof GatewayError) this.#refuse(identified);
    else if (identified !== undefined) this.#enter(identified);
    else {
      this.#after('auth', limits.authTimeMs, () =>
        this.fail('UNAUTHENTICATED', 'No token came in time', closeCodes.unauthenticated),
      );
    }
  }

  /** Who it is, as of the last heart-beat; undefined before authentication. */
  get principal(): Principal | undefined {
    return this.#principal;
  }

  /** The session by which it is known; undefined where it is known by token. */
  get session(): Session | undefined {
    return this.#session;
  }

  get open(): boolean {
    return !this.#closing && this.#options.socket.readyState === this.#options.socket.OPEN;
  }

  /** Bytes handed over and not yet taken by the network. */
  get bufferedBytes(): number {
    return this.#options.socket.bufferedAmount;
  }

  /** Sends UTF-8 JSON (or, `binary`, a chunk). Does nothing once closing. */
  send(bytes: Uint8Array, binary = false): void {
    if (this.open) this.#options.socket.send(bytes, { binary });
  }

  /** Sends, and waits until the network took it or the socket closed. */
  async sendAndWait(bytes: Uint8Array): Promise<void> {
    if (!this.open) return;
    await new Promise<void>((resolve) => {
      this.#options.socket.send(bytes, { binary: false }, () => resolve());
    });
  }

  sendJson(message: object): void {
    this.send(Buffer.from(JSON.stringify(message)));
  }

  /** Tells the client of a failure; with `closeCode` closes as well. */
  fail(code: WireErrorCode, message: string, closeCode?: number): void {
    this.sendJson({ type: 'error', code, message });
    if (closeCode !== undefined) this.close(closeCode, code);
  }

  /** Closes, and cuts off when that is not answered. Idempotent. */
  close(code: number, reason: string): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#options.socket.close(code, reason);
    this.#after('terminate', this.#options.limits.closeTimeMs, () =>
      this.#options.socket.terminate(),
    );
  }

  #after(name: string, ms: number, callback: () => void): void {
    this.#cancels.get(name)?.();
    this.#cancels.set(name, this.#options.clock.after(ms, callback));
  }

  #received(data: RawData, binary: boolean): void {
    if (this.#closing) return;
    this.#messages += 1;
    if (this.#messages > this.#options.limits.maxMessages) {
      this.fail('TOO_MANY_REQUESTS', 'Too many messages', closeCodes.policy);
      return;
    }
    if (binary) {
      this.fail(
        'BAD_REQUEST',
        'Cannot read a binary message: send JSON text',
        closeCodes.unsupported,
      );
      return;
    }
    const text = data.toString();
    if (this.#principal === undefined) this.#readToken(text);
    else this.#options.onText(text);
  }

  #readToken(text: string): void {
    const message = authMessage.safeParse(parseJson(text));
    if (!message.success) {
      this.fail(
        'UNAUTHENTICATED',
        'Cannot listen before a token came: send {"type":"auth","token":"…"} first',
        closeCodes.unauthenticated,
      );
      return;
    }
    this.#credentials = { token: message.data.token };
    this.#authenticate();
  }

  #authenticate(): void {
    const { authenticator, address } = this.#options;
    let identity: Identity;
    try {
      identity = authenticator.identify(this.#credentials, address);
    } catch (error) {
      this.#refuse(error);
      return;
    }
    this.#enter(identity);
  }

  #enter({ principal, session }: Identity): void {
    const { makeRoom, onAdmitted, onDenied } = this.#options;
    try {
      makeRoom(principal);
    } catch (error) {
      const { code, message } = toWireError(error);
      onDenied(code);
      this.fail(code, message, closeCodes.full);
      return;
    }
    this.#principal = principal;
    this.#session = session;
    this.#cancels.get('auth')?.();
    onAdmitted(principal);
  }

  #refuse(error: unknown): void {
    const { code, message } = toWireError(error);
    this.#options.onDenied(code);
    const tooMany = error instanceof GatewayError && error.code === 'TOO_MANY_REQUESTS';
    this.fail(code, message, tooMany ? closeCodes.tooManyAttempts : closeCodes.unauthenticated);
  }

  #beat(): void {
    const { socket, limits } = this.#options;
    if (!this.#alive) {
      socket.terminate();
      return;
    }
    if (this.#principal !== undefined) {
      this.#principal = this.#refreshed(this.#principal);
      if (this.#principal === undefined) {
        this.fail('UNAUTHENTICATED', 'The token is no longer valid', closeCodes.unauthenticated);
        return;
      }
    }
    this.#alive = false;
    if (this.open) socket.ping();
    this.#after('heartbeat', limits.heartbeatMs, () => this.#beat());
  }

  /** Who it is now. While the token store cannot be read, who it was: alerts must go on. */
  #refreshed(principal: Principal): Principal | undefined {
    try {
      return this.#options.authenticator.refresh(this.#credentials) ?? undefined;
    } catch (error) {
      this.#options.log.error({ err: error }, 'Cannot look up the token of a client');
      return principal;
    }
  }

  #newWindow(): void {
    this.#messages = 0;
    this.#after('messages', this.#options.limits.messageWindowMs, () => this.#newWindow());
  }
}

/** The value of a JSON text, or undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
