import { Agent, request as ask } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { WebSocket as Socket } from 'ws';
import type { NightglassClientOptions } from '../client/nightglass-client.ts';

/** What a program on Node trusts, and shows of itself; all of it PEM. */
export interface TlsTrust {
  /** Certificates that sign the gateway's; default: those that Node comes with. */
  readonly ca?: string;
  /** The client's own certificate and key, where the gateway wants them. */
  readonly certificate?: string;
  readonly key?: string;
  /** Of the key, where that is encrypted. */
  readonly passphrase?: string;
}

/**
 * For {@link NightglassClientOptions}: HTTP and sockets with certificates of one's own. Node's
 * `fetch` and `WebSocket` take none for a single client.
 *
 *     new NightglassClient({ address, token, ...tlsTransport({ ca }) })
 */
export function tlsTransport(
  trust: TlsTrust,
): Required<Pick<NightglassClientOptions, 'fetch' | 'openSocket'>> {
  const { ca, certificate, key, passphrase } = trust;
  const tls = {
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
    ...(passphrase === undefined ? {} : { passphrase }),
  };
  const agent = new Agent({ ...tls, keepAlive: true, timeout: 60_000 });
  return {
    fetch: (input, init) => send(new Request(input, init), agent),
    openSocket: (url, protocols) =>
      new Socket(url, protocols, { ...tls, perMessageDeflate: false }) as unknown as WebSocket,
  };
}

/** One request over the agent's connections; redirects are answers like any other. */
async function send(given: Request, agent: Agent): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const { method, url, headers, signal, body } = given;
  const outgoing = ask(url, { agent, method, headers: Object.fromEntries(headers), signal });
  outgoing.once('error', reject);
  outgoing.once('response', (answer) => {
    const own = new Headers();
    for (let at = 0; at + 1 < answer.rawHeaders.length; at += 2) {
      own.append(answer.rawHeaders[at] ?? '', answer.rawHeaders[at + 1] ?? '');
    }
    const status = answer.statusCode ?? 500;
    // These have no body, and a Response takes none for them.
    const empty = status === 204 || status === 205 || status === 304;
    if (empty) answer.resume();
    resolve(
      new Response(empty ? null : (Readable.toWeb(answer) as ReadableStream), {
        status,
        headers: own,
      }),
    );
  });
  if (body === null) outgoing.end();
  else await pipeline(Readable.fromWeb(body as never), outgoing).catch(reject);
  return promise;
}
