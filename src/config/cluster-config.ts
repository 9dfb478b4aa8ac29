import { z } from 'zod';
import { clusterBounds, mostCameras } from '../domain/bounds.ts';
import { boundedSize } from './byte-size.ts';
import { boundedDuration } from './duration.ts';
import { checkNatsKeys, natsKeys } from './nats-config.ts';
import { secretReference } from './secret.ts';

const here = /^(localhost|127\.0\.0\.1|::1)$/;

/** Beyond one machine: NATS, and what this node is to the others. */
export const clusterConfig = z
  .strictObject({
    ...natsKeys,
    /** Its name among the nodes. */
    node: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/, {
      error: 'must be letters, digits, "-" and "_", at most 63',
    }),
    /** What all nodes share: faces and logins of cameras are sealed with it. */
    secret: secretReference,
    /** How long a camera stays with a node that is not heard; the control node's counts. */
    lease: boundedDuration(...clusterBounds.lease).prefault('5s'),
    /** Cameras that this node takes at most. */
    maxCameras: z.int().min(0).max(mostCameras).default(mostCameras),
    /** What the server holds of faces for the control node, and how long; the control node's count. */
    stream: z
      .strictObject({
        maxBytes: boundedSize(...clusterBounds.streamBytes).prefault('1GiB'),
        maxAge: boundedDuration(...clusterBounds.streamAge).prefault('10m'),
      })
      .prefault({}),
    /** Where nodes with the role "matching" hold the lists; the control node's count. */
    matching: z
      .strictObject({
        /** Parts that each list is cut into: more than one node then searches it. */
        parts: z
          .int()
          .min(clusterBounds.matching.parts[0])
          .max(clusterBounds.matching.parts[1])
          .default(1),
      })
      .prefault({}),
    /** Faces that wait in this node while the server does not take them. */
    queue: boundedSize(...clusterBounds.queueBytes).prefault('64MiB'),
    /** Where an ingest node serves its metrics; absent: nowhere. */
    metrics: z
      .strictObject({
        host: z.string().min(1).max(253).default('127.0.0.1'),
        port: z.int().min(0).max(65_535),
        /** Who asks must show it. */
        token: secretReference.optional(),
      })
      .optional(),
  })
  .superRefine((cluster, context) => {
    const fault = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    checkNatsKeys(cluster, fault);
    const { metrics } = cluster;
    if (metrics !== undefined && metrics.token === undefined && !here.test(metrics.host)) {
      fault('metrics', 'needs "token" where "host" is not this machine alone');
    }
  });
