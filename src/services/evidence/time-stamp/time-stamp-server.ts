import { createHash, randomBytes } from 'node:crypto';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { evidenceBounds } from '../../../domain/bounds.ts';
import type { Clock } from '../../../domain/clock.ts';
import { NightglassError } from '../../../domain/errors.ts';
import { inTime } from '../../../domain/in-time.ts';
import { lookupIn } from '../../../domain/lookup-in.ts';
import { nonceOf, readTimeStamp, TimeStampFault, trustedCertificates } from './read-time-stamp.ts';

/** A server of time stamps (RFC 3161, over HTTP). */
export interface TimeStampServer {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** For a whole answer, milliseconds. */
  readonly timeoutMs: number;
  /** Certificates that its stamps must lead to, PEM; not asked where there are none. */
  readonly trusted?: string;
  /** Where its host is. @throws for an address that is refused */
  readonly addresses: (host: string) => Promise<readonly string[]>;
  readonly clock: Clock;
}

/**
 * A time stamp over these bytes, of which the server sees no more than the hash. Held against what
 * was asked before it is answered: nonce, imprint, signature, certificate.
 * @throws NightglassError `TIMESTAMP_FAILED`
 */
export async function timeStampFrom(
  server: TimeStampServer,
  data: Uint8Array,
): Promise<Uint8Array> {
  try {
    // A first byte of 1 to 127: a positive number of a length that is always the same.
    const nonce = randomBytes(16);
    nonce[0] = ((nonce[0] ?? 0) & 0x7f) | 1;
    const answer = await post(server, await requestFor(data, nonce));
    const token = await tokenOf(answer);
    const { trusted } = server;
    await readTimeStamp(
      token,
      data,
      trusted === undefined ? undefined : await trustedCertificates(trusted),
    );
    const given = await nonceOf(token);
    if (given === undefined || Buffer.compare(given, nonce) !== 0) {
      throw new TimeStampFault('it answers another request');
    }
    return token;
  } catch (cause) {
    const { host } = new URL(server.url);
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new NightglassError('TIMESTAMP_FAILED', `Cannot get a time stamp from ${host}: ${why}`, {
      hint: 'Try again, or take evidence.timestamp out of the configuration to export without one.',
      cause,
    });
  }
}

async function requestFor(data: Uint8Array, nonce: Uint8Array): Promise<Uint8Array> {
  const { AlgorithmIdentifier, MessageImprint, TimeStampReq } = await import('pkijs');
  const { Integer, Null, OctetString } = await import('asn1js');
  const sha256 = { algorithmId: '2.16.840.1.101.3.4.2.1', algorithmParams: new Null() };
  const hashed = createHash('sha256').update(data).digest();
  const request = new TimeStampReq({
    version: 1,
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier(sha256),
      hashedMessage: new OctetString({ valueHex: Uint8Array.from(hashed).buffer }),
    }),
    nonce: new Integer({ valueHex: Uint8Array.from(nonce).buffer }),
    certReq: true,
  });
  return new Uint8Array(request.toSchema().toBER());
}

/** The token of an answer, as the server encoded it. */
async function tokenOf(answer: Uint8Array): Promise<Uint8Array> {
  const { PKIStatus, TimeStampResp } = await import('pkijs');
  let response: InstanceType<typeof TimeStampResp>;
  try {
    response = TimeStampResp.fromBER(Uint8Array.from(answer));
  } catch (cause) {
    throw new TimeStampFault('its answer is none of a time stamp server', { cause });
  }
  const { status } = response.status;
  if (status !== PKIStatus.granted && status !== PKIStatus.grantedWithMods) {
    throw new TimeStampFault(`it refuses (status ${status})`);
  }
  if (response.timeStampToken === undefined) throw new TimeStampFault('it answers without a stamp');
  return new Uint8Array(response.timeStampToken.toSchema().toBER());
}

async function post(server: TimeStampServer, body: Uint8Array): Promise<Uint8Array> {
  const { addresses, clock, timeoutMs } = server;
  const abort = new AbortController();
  const host = new URL(server.url).hostname.replace(/^\[|\]$/g, '');
  const work = addresses(host).then((found) => send(server, body, found, abort.signal));
  return inTime(work, timeoutMs, clock, () => abort.abort());
}

/** Posts to the very addresses that were looked at, and follows nothing. */
function send(
  { url, headers }: TimeStampServer,
  body: Uint8Array,
  found: readonly string[],
  signal: AbortSignal,
): Promise<Uint8Array> {
  const request = url.startsWith('https:') ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const asked = request(
      url,
      {
        method: 'POST',
        agent: false,
        signal,
        lookup: lookupIn(found),
        headers: {
          ...headers,
          'content-type': 'application/timestamp-query',
          accept: 'application/timestamp-reply',
          'content-length': body.byteLength,
        },
      },
      (response) => void answerOf(response).then(resolve, reject),
    );
    asked.on('error', reject);
    asked.end(body);
  });
}

async function answerOf(response: IncomingMessage): Promise<Uint8Array> {
  const most = evidenceBounds.timestampBytes;
  try {
    if (response.statusCode !== 200) {
      throw new TimeStampFault(`it answers with status ${response.statusCode}`);
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of response) {
      bytes += (chunk as Buffer).byteLength;
      if (bytes > most) throw new TimeStampFault(`its answer is longer than ${most} bytes`);
      chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks);
  } finally {
    response.destroy();
  }
}
