import { z } from 'zod';
import { pushBounds } from '../domain/push/push-bounds.ts';
import { boundedDuration } from './duration.ts';
import { network, rulesConfig } from './receivers-config.ts';

/** Push services of the browsers that there are: Chrome and Edge, Firefox, Safari, Edge before. */
const knownHosts = [
  'fcm.googleapis.com',
  '*.push.services.mozilla.com',
  '*.push.apple.com',
  '*.notify.windows.com',
];

const hostPattern = z
  .string()
  .max(253)
  .regex(/^(?:\*\.)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/, {
    error: 'must be a host such as "push.example.org", or "*.example.org" for all below it',
  });

/** Alerts on people's own devices by Web Push; without it nobody can ask for them. */
export const pushConfig = z.strictObject({
  /** Whom push services may write to about what is sent (RFC 8292). */
  contact: z
    .string()
    .max(320)
    .regex(/^(?:mailto:[^@\s]+@[^@\s]+|https:\/\/[^\s]+)$/, {
      error: 'must be an address such as mailto:operations@example.org, or an https:// page',
    }),
  /** What no device is sent; beyond it, each is sent what its owner may see. */
  rules: rulesConfig,
  show: z
    .strictObject({
      /** Of the person and the list, on the screen of a device that may be locked. */
      names: z.boolean().default(false),
    })
    .prefault({}),
  /** Push services that browsers may name. */
  hosts: z
    .array(hostPattern)
    .min(1)
    .max(pushBounds.hosts)
    .default([...knownHosts]),
  timeout: boundedDuration(100, 120_000).prefault('10s'),
  /** Private networks that a push service may be in. */
  allow: z.array(network).max(32).default([]),
  /** Certificates to trust in place of those of the machine, PEM. */
  ca: z.string().min(1).optional(),
});
