import { z } from 'zod';
import { onvifBounds } from '../domain/bounds.ts';
import { boundedDuration } from './duration.ts';

const target = z
  .string()
  .max(260)
  .regex(/^[a-zA-Z0-9.-]+(?::[1-9][0-9]{0,4})?$/, {
    error: 'must be a host or host:port',
  });

/** Where an administrator's search for ONVIF cameras looks. */
export const onvifConfig = {
  /** Names or IPv4 addresses of interfaces of this machine; empty: all but loopback. */
  interfaces: z.array(z.string().min(1).max(64)).max(16).default([]),
  /** Machines that are asked directly, beside them: cameras behind a router hear no multicast. */
  targets: z.array(target).max(onvifBounds.targets).default([]),
  /** For answers. */
  wait: boundedDuration(...onvifBounds.searchMs).prefault('3s'),
};
