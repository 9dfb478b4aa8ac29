import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Clock } from '../../../domain/clock.ts';
import { inTime } from '../../../domain/in-time.ts';
import { lookupIn } from '../../../domain/lookup-in.ts';
import { hostOf } from '../open-socket.ts';

/** Bytes of an answer that are read; the status says all that matters. */
const answerBytes = 64 * 1024;
/** How long an answer may go on behind its status; beyond it the connection ends, milliseconds. */
const bodyMs = 500;
/** How long a connection is kept for the next message, milliseconds. */
const idleMs = 10_000;

export interface GuardedPostOptions {
  readonly url: URL;
  /** Where its host is, asked before each message. @throws for an address that is refused */
  readonly addresses: (host: string) => Promise<readonly string[]>;
  /** For a message until its status is there: name, connection, TLS, answer; milliseconds. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Certificates to trust in place of those of the machine, PEM. */
  readonly ca?: string;
}

/** What a receiver answered. */
export interface PostAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
}

/** Posts to one address and to no other: it follows nothing, and connects only where it may. */
export interface GuardedPost {
  /** @throws TimedOut, another Error with a `code`, or of the guard */
  post(body: Uint8Array, headers: Readonly<Record<string, string>>): Promise<PostAnswer>;
  close(): void;
}

export function guardedPost(options: GuardedPostOptions): GuardedPost {
  const { url, addresses, timeoutMs, clock, ca } = options;
  const secure = url.protocol === 'https:';
  const keeping = { keepAlive: true, maxSockets: 1, timeout: idleMs };
  const agent = secure ? new HttpsAgent(keeping) : new HttpAgent(keeping);
  const host = hostOf(url);

  function send(
    body: Uint8Array,
    headers: Readonly<Record<string, string>>,
    found: readonly string[],
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const request = (secure ? requestHttps : requestHttp)(
        url,
        {
          method: 'POST',
          agent,
          signal,
          lookup: lookupIn(found),
          headers: { ...headers, 'content-length': body.byteLength },
          ...(secure && ca !== undefined ? { ca } : {}),
        },
        resolve,
      );
      request.on('error', reject);
      request.end(body);
    });
  }

  return {
    async post(body, headers) {
      const abort = new AbortController();
      const work = addresses(host).then((found) => send(body, headers, found, abort.signal));
      const response = await inTime(work, timeoutMs, clock, () => abort.abort());
      await drain(response, clock);
      return { status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] };
    },
    close: () => agent.destroy(),
  };
}

/**
 * Reads what is left of an answer, so that its connection serves the next message; where it is too
 * long or too slow the connection ends. The status has decided: nothing of this is an error.
 */
async function drain(response: IncomingMessage, clock: Clock): Promise<void> {
  const cancel = clock.after(bodyMs, () => response.destroy());
  try {
    let bytes = 0;
    for await (const chunk of response) {
      bytes += (chunk as Buffer).byteLength;
      if (bytes > answerBytes) break;
    }
  } catch {
    // Cut by either side.
  } finally {
    cancel();
  }
}
