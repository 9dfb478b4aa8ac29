/** What the gateway proves with who it is, and knows its clients by; PEM. */
export interface TlsMaterial {
  /** The certificate, then those between it and its root. */
  readonly certificate: string;
  readonly key: string;
  /** Of the key, where that is encrypted. Never logged. */
  readonly passphrase: string | undefined;
  /** Who signs the certificates of clients; undefined where none are asked for. */
  readonly clientCa: string | undefined;
  readonly minVersion: '1.2' | '1.3';
  /** When the certificate ends, or the first of those between it and its root: wall milliseconds. */
  readonly expiresAt: number;
}

/** How TLS stands, for health and metrics. */
export interface TlsStatus {
  readonly expiresAt: number;
  readonly minVersion: '1.2' | '1.3';
  readonly clientCertificates: 'none' | 'optional' | 'required';
  /** Why the files as they are now cannot be used: those before stay in force. */
  readonly fault?: string;
}

/** What became of a TLS handshake of a client. */
export const handshakeResults = ['ok', 'timeout', 'certificate', 'protocol', 'aborted'] as const;
export type HandshakeResult = (typeof handshakeResults)[number];

/** So long before its end a certificate is warned of, milliseconds. */
export const expiresSoonMs = 14 * 86_400_000;
