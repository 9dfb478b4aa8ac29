import { z } from 'zod';
import { cameraStatusSchema } from './camera.ts';
import { wallTime } from './values.ts';

/** What the models run on. */
export const providers = z.array(
  z.object({
    model: z.string(),
    task: z.string(),
    provider: z.string(),
    requested: z.string(),
    precision: z.string(),
    partly: z.boolean().optional().describe('True when the CPU runs some of its operators'),
  }),
);

export const healthSchema = z.object({
  status: z.enum(['ok', 'degraded', 'failing']),
  version: z.string(),
  ready: z.boolean().optional(),
  uptimeSeconds: z.number().optional(),
  problems: z
    .array(
      z.object({
        code: z.string(),
        message: z.string(),
        cameraId: z.string().optional(),
        watchlistId: z.string().optional(),
        siteId: z.string().optional(),
      }),
    )
    .optional(),
  providers: providers.optional(),
  cameras: z.array(cameraStatusSchema).optional(),
  store: z.object({ writable: z.boolean(), message: z.string().optional() }).optional(),
  tls: z
    .object({
      expiresAt: wallTime.describe('When the certificate ends'),
      minVersion: z.enum(['1.2', '1.3']),
      clientCertificates: z.enum(['none', 'optional', 'required']),
    })
    .optional()
    .describe('Absent where TLS is not spoken'),
  framesDropped: z.record(z.string(), z.number()).optional(),
  clients: z.int().optional().describe('Open event sockets'),
});

export const readySchema = z.object({ ready: z.boolean() });

const changesSchema = z.object({
  added: z.array(z.string()),
  changed: z.array(z.string()),
  removed: z.array(z.string()),
});

export const reloadSchema = changesSchema.extend({
  receivers: changesSchema.describe('Receivers outside; the lists beside it are cameras'),
});
