import type { Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { Log } from '../../domain/log.ts';
import type { HandshakeResult } from '../../domain/tls-material.ts';

export interface FollowHandshakesOptions {
  readonly server: Server;
  readonly clientCertificates: 'none' | 'optional' | 'required';
  readonly onResult: (result: HandshakeResult) => void;
  readonly log: Pick<Log, 'warn'>;
  readonly monotonic: () => number;
}

const warnEveryMs = 60_000;

/**
 * Counts handshakes by how they end, and turns away who shows a certificate that is not trusted
 * where none is needed.
 */
export function followHandshakes(options: FollowHandshakesOptions): void {
  const { server, clientCertificates, onResult } = options;
  const denied = deniedLog(options);
  server.on('secureConnection', (socket: TLSSocket) => {
    const shown = clientCertificates !== 'none' && 'subject' in socket.getPeerCertificate();
    if (shown && !socket.authorized) {
      denied(String(socket.authorizationError));
      onResult('certificate');
      socket.destroy();
      return;
    }
    onResult('ok');
  });
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: TLSSocket) => {
    const result = resultOf(error, socket);
    if (result === 'certificate') denied(String(socket.authorizationError ?? error.code));
    onResult(result);
    // Fastify answers what cannot be read in HTTP; where TLS has failed nobody would read that.
    socket.destroy();
  });
}

function resultOf(error: NodeJS.ErrnoException, socket: TLSSocket): HandshakeResult {
  const { code = '' } = error;
  if (code === 'ERR_TLS_HANDSHAKE_TIMEOUT') return 'timeout';
  if (code === 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE' || socket.authorizationError) {
    return 'certificate';
  }
  return code === 'ECONNRESET' || code === 'EPIPE' ? 'aborted' : 'protocol';
}

/** Says why clients are denied, once a minute: strangers must not fill the log. */
function deniedLog({ log, monotonic }: FollowHandshakesOptions): (why: string) => void {
  let count = 0;
  let warnedAt = Number.NEGATIVE_INFINITY;
  return (why) => {
    count += 1;
    const now = monotonic();
    if (now - warnedAt < warnEveryMs) return;
    log.warn({ why, count }, 'Denied clients whose certificate is missing or not trusted');
    warnedAt = now;
    count = 0;
  };
}
