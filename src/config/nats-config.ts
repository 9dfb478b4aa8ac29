import { z } from 'zod';
import { clusterBounds } from '../domain/bounds.ts';
import { secretReference } from './secret.ts';

const loopback = /^nats:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/;
const overTls = /^tls:\/\/([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?$/;

/** How NATS is reached. */
export const natsKeys = {
  /** Any of a cluster of servers. */
  servers: z
    .array(
      z.string().refine((url) => loopback.test(url) || overTls.test(url), {
        error:
          'must be "tls://host:4222"; "nats://" is for this machine alone, and a login has keys of its own',
      }),
    )
    .min(1)
    .max(clusterBounds.servers),
  user: z.string().min(1).max(200).optional(),
  password: secretReference.optional(),
  /** A credentials file of NATS (JWT and seed) in place of both. */
  credentials: secretReference.optional(),
  tls: z
    .strictObject({
      /** PEM: who signs the certificate of the server, where that is not the system's matter. */
      ca: z.string().min(1).optional(),
      /** PEM: of this node, where the server asks for it. */
      certificate: z.string().min(1).optional(),
      key: z.string().min(1).optional(),
    })
    .prefault({}),
};

export type NatsConfig = z.output<z.ZodObject<typeof natsKeys>>;

/** What of {@link natsKeys} goes together, and what does not. */
export function checkNatsKeys(
  { user, password, credentials, tls }: NatsConfig,
  fault: (path: string, message: string) => void,
): void {
  if ((user === undefined) !== (password === undefined)) {
    fault('user', 'needs "password", and the other way round');
  }
  if (credentials !== undefined && user !== undefined) {
    fault('credentials', 'stands in place of "user" and "password"');
  }
  if ((tls.certificate === undefined) !== (tls.key === undefined)) {
    fault('tls', 'must have both "certificate" and "key", or neither');
  }
}
