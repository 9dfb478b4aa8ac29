import type { SecureContextOptions, TlsOptions } from 'node:tls';
import type { TlsMaterial } from '../../domain/tls-material.ts';

/** How the gateway speaks TLS. */
export interface GatewayTls {
  readonly material: TlsMaterial;
  /** Whether a client must show a certificate that `clientCa` signed; only asked for with one. */
  readonly clientCertificates: 'none' | 'optional' | 'required';
  /** How long browsers shall ask over TLS alone, milliseconds; 0 does not tell them. */
  readonly hstsMs: number;
  /** A port of plain HTTP that sends everybody to TLS, and to which host. */
  readonly redirect?: { readonly port: number; readonly host: string | undefined };
}

/** What is renewed with the files. */
export function contextOptions(material: TlsMaterial): SecureContextOptions {
  const { certificate, key, passphrase, clientCa, minVersion } = material;
  return {
    cert: certificate,
    key,
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(clientCa === undefined ? {} : { ca: clientCa }),
    minVersion: minVersion === '1.3' ? 'TLSv1.3' : 'TLSv1.2',
  };
}

/** Of the server; what concerns clients stays as it was at the start. */
export function serverOptions(
  { material, clientCertificates }: GatewayTls,
  handshakeTimeMs: number,
): TlsOptions {
  return {
    ...contextOptions(material),
    requestCert: clientCertificates !== 'none',
    rejectUnauthorized: clientCertificates === 'required',
    handshakeTimeout: handshakeTimeMs,
  };
}
