import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createTransport, type Transporter } from 'nodemailer';
import type { Clock } from '../../../domain/clock.ts';
import { isNightglassError } from '../../../domain/errors.ts';
import { inTime } from '../../../domain/in-time.ts';
import type { Log } from '../../../domain/log.ts';
import type { Attempt } from '../../../domain/outbox/delivery.ts';
import type { OutboxMessage } from '../../../domain/outbox/message.ts';
import type { ReceiverLanguage } from '../../../domain/outbox/receiver.ts';
import { openSocket } from '../open-socket.ts';
import type { Sender } from '../sender.ts';
import { composeMail, type Mail } from './compose-mail.ts';

export interface MailOptions {
  readonly receiverId: string;
  readonly host: string;
  readonly port: number;
  /** `starttls`: refused where the server does not offer it. */
  readonly tls: 'starttls' | 'implicit' | 'none';
  readonly ca?: string;
  readonly login?: { readonly user: string; readonly pass: string };
  readonly from: string;
  readonly to: readonly string[];
  /** What comes within so many milliseconds goes into one mail; absent: each by itself. */
  readonly digestMs?: number;
  readonly language: ReceiverLanguage;
  readonly dashboard: string | undefined;
  readonly timeoutMs: number;
  readonly addresses: (host: string) => Promise<readonly string[]>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Sends messages by SMTP, each over a connection of its own: one that takes too long ends before
 * its attempt counts as failed, so that no mail goes on beside its next attempt.
 */
export class MailSender implements Sender {
  readonly digestMs: number | undefined;
  readonly #options: MailOptions;
  readonly #underWay = new Set<AbortController>();

  constructor(options: MailOptions) {
    this.#options = options;
    this.digestMs = options.digestMs;
  }

  send(message: OutboxMessage): Promise<Attempt> {
    return this.sendDigest([message]);
  }

  async sendDigest(messages: readonly [OutboxMessage, ...OutboxMessage[]]): Promise<Attempt> {
    const { clock, dashboard, host, language, log, port, receiverId, timeoutMs } = this.#options;
    const abort = new AbortController();
    this.#underWay.add(abort);
    try {
      const content = this.#contentOf(composeMail(messages, language, dashboard));
      const sending = this.#transport(abort.signal).sendMail(content);
      const { rejected = [] } = await inTime(sending, timeoutMs, clock, () => abort.abort());
      if (rejected.length > 0) {
        const count = rejected.length;
        log.warn(
          { receiver: receiverId, rejected: count },
          'A mail was refused for some recipients',
        );
      }
      return { taken: true };
    } catch (error) {
      // Also where it failed by itself: nothing of an attempt outlives it.
      abort.abort();
      return {
        taken: false,
        refused: isRefusal(error),
        reason: reasonOf(error, `${host}:${port}`),
      };
    } finally {
      this.#underWay.delete(abort);
    }
  }

  /** Ends attempts under way, too. */
  close(): void {
    for (const abort of this.#underWay) abort.abort();
  }

  /** For one mail, over a connection that ends with the signal. */
  #transport(signal: AbortSignal): Transporter {
    const { ca, host, login, port, timeoutMs, tls } = this.#options;
    return createTransport({
      ...{ host, port, secure: tls === 'implicit' },
      ...{ requireTLS: tls === 'starttls', ignoreTLS: tls === 'none' },
      ...{ connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs },
      // A mail is made of what is given, never of files or addresses that it could name.
      ...{ disableFileAccess: true, disableUrlAccess: true },
      tls: { minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) },
      ...(login === undefined ? {} : { auth: login }),
      getSocket: (
        _: unknown,
        done: (error: Error | null, socket?: { connection: Socket }) => void,
      ) => {
        this.#connect(signal).then(
          (connection) => done(null, { connection }),
          (error: Error) => done(error),
        );
      },
    });
  }

  #contentOf({ id, subject, text, pictures }: Mail) {
    const { from, to } = this.#options;
    return {
      ...{ from, to: [...to], subject, text },
      messageId: `<${id}@${domainOf(from)}>`,
      // No machine should answer a machine.
      headers: { 'auto-submitted': 'auto-generated' },
      attachments: pictures.map(({ name, jpeg }) => ({
        ...{ filename: name, contentType: 'image/jpeg', content: Buffer.from(jpeg) },
      })),
    };
  }

  /** To an address that was checked; TLS is spoken by the transport, over this. */
  async #connect(signal: AbortSignal): Promise<Socket> {
    const { addresses, host, port } = this.#options;
    const found = await addresses(host);
    signal.throwIfAborted();
    const socket = openSocket({ host, port, found, tls: false });
    signal.addEventListener('abort', () => socket.destroy(), { once: true });
    await once(socket, 'connect', { signal }).catch((error) => {
      socket.destroy();
      throw error;
    });
    return socket;
  }
}

function domainOf(address: string): string {
  return /@([A-Za-z0-9.-]+)>?$/.exec(address)?.[1] ?? 'nightglass';
}

/** The server will never take this mail: its status begins with 5, and it is no matter of the login. */
function isRefusal(error: unknown): boolean {
  const { code, responseCode = 0 } = error as { code?: string; responseCode?: number };
  return (code === 'EENVELOPE' || code === 'EMESSAGE') && responseCode >= 500;
}

/** Why it was not taken: what the server says beside its status may quote the mail. */
function reasonOf(error: unknown, place: string): string {
  if (isNightglassError(error, 'FORBIDDEN')) return error.message;
  const { code, responseCode } = error as { code?: string; responseCode?: number };
  if (code === 'ETIMEDOUT') return `${place}: no answer in time`;
  return `${place}: ${[code ?? 'it failed', responseCode].filter((one) => one !== undefined).join(' ')}`;
}
