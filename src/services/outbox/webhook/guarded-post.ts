import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Clock } from '../../../domain/clock.ts';
import { hostOf, lookupIn } from '../open-socket.ts';

/** Bytes of an answer that are read; the status says all that matters. */
const answerBytes = 64 * 1024;
/** How long a connection is kept for the next message, milliseconds. */
const idleMs = 10_000;

export interface GuardedPostOptions {
  readonly url: URL;
  /** Where its host is, asked before each message. @throws for an address that is refused */
  readonly addresses: (host: string) => Promise<readonly string[]>;
  /** For all of a message: name, connection, TLS, answer; milliseconds. */
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
  /** @throws Error with a `code`, or of the guard */
  post(body: Uint8Array, headers: Readonly<Record<string, string>>): Promise<PostAnswer>;
  close(): void;
}

/** No answer within the time that it has. */
export class PostTimedOut extends Error {
  readonly code = 'ETIMEDOUT';
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
  ): Promise<PostAnswer> {
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
        (response) => {
          const status = response.statusCode ?? 0;
          drain(response).then(
            () => resolve({ status, retryAfter: response.headers['retry-after'] }),
            reject,
          );
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  }

  return {
    async post(body, headers) {
      const abort = new AbortController();
      const late = Promise.withResolvers<never>();
      // Nobody may wait for it when the answer came first.
      late.promise.catch(() => undefined);
      const cancel = clock.after(timeoutMs, () => {
        late.reject(new PostTimedOut(`no answer within ${timeoutMs / 1000} s`));
        abort.abort();
      });
      const work = addresses(host).then((found) => send(body, headers, found, abort.signal));
      work.catch(() => undefined);
      try {
        return await Promise.race([work, late.promise]);
      } finally {
        cancel();
      }
    },
    close: () => agent.destroy(),
  };
}

/** Reads an answer to its end, or cuts it where it is too long: the connection ends then. */
async function drain(response: IncomingMessage): Promise<void> {
  let bytes = 0;
  for await (const chunk of response) {
    bytes += (chunk as Buffer).byteLength;
    if (bytes > answerBytes) break;
  }
}
