import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { CustomFetch, CustomFetchOptions } from 'openid-client';
import { oidcBounds } from '../../../domain/bounds.ts';
import type { Clock } from '../../../domain/clock.ts';
import { lookupIn } from '../../../domain/lookup-in.ts';
import { hostOf } from '../../outbox/open-socket.ts';

export interface GuardedFetchOptions {
  /** Where a host is, asked before each request. @throws for an address that is refused */
  readonly addresses: (host: string) => Promise<readonly string[]>;
  /** For all of a request: name, connection, TLS, answer; milliseconds. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Certificates to trust in place of those of the machine, PEM. */
  readonly ca?: string;
}

/** Why a request has no answer that can be used. */
export class FetchFault extends Error {}

const loopback = new Set(['127.0.0.1', '[::1]', 'localhost']);
/** Answers without a body, which `Response` refuses to take one for. */
const bodiless = new Set([204, 205, 304]);

/**
 * Requests as `openid-client` makes them: to the addresses that were looked at and no other, over
 * TLS wherever they leave this machine, redirects not followed, answers and times bounded.
 */
export function guardedFetch({
  addresses,
  timeoutMs,
  clock,
  ca,
}: GuardedFetchOptions): CustomFetch {
  return async (address, options) => {
    const url = new URL(address);
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback.has(url.hostname))) {
      throw new FetchFault(`${url.host} is named without TLS`);
    }
    const abort = new AbortController();
    const late = Promise.withResolvers<never>();
    const cancel = clock.after(timeoutMs, () => {
      late.reject(new FetchFault(`no answer within ${timeoutMs / 1000} s`));
      abort.abort();
    });
    const work = addresses(hostOf(url)).then((found) =>
      send(url, options, { found, signal: abort.signal, ca }),
    );
    // Whichever comes second has nobody who waits for it.
    for (const one of [work, late.promise]) one.catch(() => undefined);
    try {
      return await Promise.race([work, late.promise]);
    } finally {
      cancel();
    }
  };
}

function send(
  url: URL,
  { body, headers, method }: CustomFetchOptions,
  by: {
    readonly found: readonly string[];
    readonly signal: AbortSignal;
    readonly ca: string | undefined;
  },
): Promise<Response> {
  const secure = url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const request = (secure ? requestHttps : requestHttp)(
      url,
      {
        method,
        headers,
        agent: false,
        signal: by.signal,
        lookup: lookupIn(by.found),
        ...(secure && by.ca !== undefined ? { ca: by.ca } : {}),
      },
      (response) => {
        answerOf(response).then(resolve, reject);
      },
    );
    request.on('error', reject);
    request.end(textOf(body));
  });
}

/** All that the client sends is a form. */
function textOf(body: CustomFetchOptions['body']): string | undefined {
  if (body === null || body === undefined) return undefined;
  if (typeof body === 'string' || body instanceof URLSearchParams) return String(body);
  throw new TypeError('Cannot send this body: it is no form');
}

async function answerOf(response: IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += (chunk as Buffer).byteLength;
    if (bytes > oidcBounds.answerBytes) {
      response.destroy();
      throw new FetchFault('its answer is longer than is accepted');
    }
    chunks.push(chunk as Buffer);
  }
  const { headersDistinct, statusCode = 0 } = response;
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  const body = bodiless.has(statusCode) ? null : Buffer.concat(chunks);
  return new Response(body, { status: statusCode, headers });
}
