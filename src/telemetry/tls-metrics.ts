import { Counter, Gauge, type Registry } from 'prom-client';
import { type HandshakeResult, handshakeResults } from '../domain/tls-material.ts';

export interface TlsMetrics {
  handshake(result: HandshakeResult): void;
  /** When the certificate ends, wall milliseconds; never called where TLS is not spoken. */
  expires(at: number): void;
}

/** TLS of the gateway. */
export function registerTlsMetrics(registry: Registry): TlsMetrics {
  const registers = [registry];
  const handshakes = new Counter({
    name: 'nightglass_tls_handshakes_total',
    help: 'TLS handshakes of clients by result: agreed on, not ended in time, certificate of the client missing or not trusted, no common version or no TLS at all, given up',
    labelNames: ['result'],
    registers,
  });
  for (const result of handshakeResults) handshakes.inc({ result }, 0);
  const expiry = new Gauge({
    name: 'nightglass_tls_certificate_expiry_timestamp_seconds',
    help: 'When the certificate of the gateway ends, or the first of its chain; absent without TLS',
    registers,
  });
  // It would say 1970.
  expiry.remove();
  return {
    handshake: (result) => handshakes.inc({ result }),
    expires: (at) => expiry.set(at / 1000),
  };
}
