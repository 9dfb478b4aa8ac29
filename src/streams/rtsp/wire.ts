import { lookup } from 'node:dns/promises';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Clock } from '../../domain/clock.ts';
import type { NightglassError } from '../../domain/errors.ts';
import { lookupIn } from '../../domain/lookup-in.ts';
import { aborted, portOf, timedOut, unreachable, untrusted } from './rtsp-errors.ts';
import type { StreamLimits } from './stream-limits.ts';

/** Whom to believe that a camera is the one meant, over rtsps. */
export interface TlsTrust {
  /** SHA-256 of the camera's certificate, hex with or without colons. */
  readonly fingerprint?: string | undefined;
  /** Certificates to trust, PEM. */
  readonly ca?: string | undefined;
  /** The name in the certificate where it is not the host of the URL. */
  readonly serverName?: string | undefined;
  /** TLS 1.0 and 1.1 and weak ciphers, for cameras that know no better. */
  readonly legacy?: boolean | undefined;
}

/**
 * The addresses behind the host of a URL, asked before each connection, which goes to one of them
 * and to no other: a name may lead elsewhere a moment later.
 * @throws NightglassError for one that no camera may have; else the error of the resolver
 */
export type HostAddresses = (host: string) => Promise<readonly string[]>;

/** Whatever the machine's resolver says. */
export const resolveHost: HostAddresses = async (host) => {
  if (isIP(host) !== 0) return [host];
  return (await lookup(host, { all: true })).map(({ address }) => address);
};

export interface WireOptions {
  readonly url: URL;
  readonly limits: Pick<StreamLimits, 'connectMs' | 'answerMs'>;
  readonly tls?: TlsTrust | undefined;
  readonly clock: Clock;
  /** Default: all that the name resolves to. */
  readonly addresses?: HostAddresses | undefined;
}

/**
 * Connects to the host of an `rtsp:` or `rtsps:` URL. Over TLS nothing is sent
 * before the camera's certificate has been found to be the one meant.
 * @throws NightglassError `STREAM_UNREACHABLE`, `STREAM_ENDED` when aborted
 */
export function openWire(options: WireOptions, signal: AbortSignal): Promise<Socket> {
  const { url, clock, limits, addresses = resolveHost } = options;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const secure = url.protocol === 'rtsps:';
  const sockets: Socket[] = [];
  return new Promise((resolve, reject) => {
    let settled = false;
    const settle = (outcome: Socket | NightglassError) => {
      if (settled) return;
      settled = true;
      cancel();
      signal.removeEventListener('abort', onAbort);
      for (const one of sockets) {
        one.off('error', onError);
        // A late error of a socket that nobody reads any more must not end the process.
        one.on('error', () => undefined);
      }
      if (!(outcome instanceof Error)) return resolve(outcome);
      // TLS before what carries it: Node itself crashes the other way round.
      for (const one of sockets.reverse()) one.destroy();
      reject(outcome);
    };
    const onError = (error: Error) => settle(unreachable(url, error));
    const onAbort = () => settle(aborted(url));
    let cancel = clock.after(limits.connectMs, () => settle(timedOut(url, limits.connectMs)));
    const connect = (found: readonly string[]) => {
      if (settled) return;
      const plain = connectTcp({ host, port: portOf(url), lookup: lookupIn(found) });
      sockets.push(plain);
      plain.on('error', onError);
      plain.once('connect', () => {
        if (!secure) return settle(plain);
        cancel();
        const { answerMs } = limits;
        cancel = clock.after(answerMs, () => settle(timedOut(url, answerMs, 'no TLS agreed')));
        const protectedSocket = connectTls(tlsSettings(plain, host, options.tls));
        sockets.push(protectedSocket);
        protectedSocket.on('error', onError);
        protectedSocket.once('secureConnect', () =>
          settle(distrust(protectedSocket, options) ?? protectedSocket),
        );
      });
    };
    addresses(host).then(connect, onError);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
  });
}

function tlsSettings(socket: Socket, host: string, trust: TlsTrust = {}) {
  const name = trust.serverName ?? (isIP(host) === 0 ? host : undefined);
  return {
    socket,
    host,
    ...(name === undefined ? {} : { servername: name }),
    ...(trust.ca === undefined ? {} : { ca: trust.ca }),
    ...(trust.legacy === true
      ? { minVersion: 'TLSv1' as const, ciphers: 'DEFAULT:@SECLEVEL=0' }
      : {}),
    // Judged below, so that a refusal can name the certificate.
    rejectUnauthorized: false,
  };
}

/** Why the other side is not believed to be the camera; `null` when it is. */
function distrust(socket: TLSSocket, { url, tls }: WireOptions): NightglassError | null {
  const seen = socket.getPeerCertificate().fingerprint256 ?? '';
  if (tls?.fingerprint !== undefined) {
    if (plainHex(seen) === plainHex(tls.fingerprint)) return null;
    return untrusted(url, seen, 'its certificate is not the one that is set');
  }
  if (socket.authorized) return null;
  const code = String(socket.authorizationError);
  const why = trustFaults[code] ?? `its certificate is not trusted (${code})`;
  return untrusted(url, seen, why);
}

const trustFaults: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is its own (self-signed)',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an authority that is not known',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate comes from an authority that is not known',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate comes from an authority that is not known',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

function plainHex(text: string): string {
  return text.replace(/[^0-9a-f]/gi, '').toLowerCase();
}
