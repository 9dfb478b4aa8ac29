import { z } from 'zod';
import { durations } from '../domain/bounds.ts';
import { boundedDuration } from './duration.ts';
import { secretReference } from './secret.ts';

/** In YAML a version without quotes is a number. */
const tlsVersion = z
  .union([z.literal('1.2'), z.literal('1.3'), z.literal(1.2), z.literal(1.3)], {
    error: 'must be 1.2 or 1.3',
  })
  .transform((version) => String(version) as '1.2' | '1.3');

const hostName = z.union([z.hostname(), z.ipv4(), z.ipv6()], {
  error: 'must be a host name or an IP address, without a port',
});

/** TLS of the gateway. Without it plain HTTP is spoken, for loopback or behind a proxy. */
export const tlsConfig = z
  .strictObject({
    /** PEM: the certificate, then those between it and its root. */
    certificate: z.string().min(1),
    /** PEM. */
    key: z.string().min(1),
    /** Of the key, where that is encrypted. */
    passphrase: secretReference.optional(),
    minVersion: tlsVersion.default('1.2'),
    /** PEM: who signs the certificates of clients. */
    clientCa: z.string().min(1).optional(),
    clientCertificates: z.enum(['required', 'optional']).optional(),
    /** How long browsers shall ask over TLS alone; 0 does not tell them. */
    hsts: boundedDuration(...durations.hsts).prefault('365d'),
    /** A port of plain HTTP that sends everybody to the one of TLS. */
    redirectPort: z.int().min(0).max(65_535).optional(),
    /** Where it sends them; without it names of the certificate and addresses of this machine. */
    redirectHost: hostName.optional(),
  })
  .superRefine(({ clientCa, clientCertificates, redirectPort, redirectHost }, context) => {
    const fault = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (clientCertificates !== undefined && clientCa === undefined) {
      fault('clientCertificates', 'needs "clientCa": the certificates that sign those of clients');
    }
    if (redirectHost !== undefined && redirectPort === undefined) {
      fault('redirectHost', 'needs "redirectPort"');
    }
  });

export type TlsConfig = z.output<typeof tlsConfig>;
