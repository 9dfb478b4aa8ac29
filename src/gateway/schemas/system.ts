import { z } from 'zod';
import { providers } from './answers.ts';
import { wallTime } from './values.ts';

const latency = {
  count: z.int().min(0),
  median: z.number().describe('Seconds'),
  p99: z.number().describe('Seconds'),
};

export const systemSchema = z.object({
  version: z.string(),
  node: z.string(),
  uptimeSeconds: z.number(),
  clients: z.int().describe('Open event sockets'),
  providers,
  models: z.array(
    z.object({
      name: z.string(),
      task: z.string(),
      version: z.string(),
      sha256: z.string(),
      bytes: z.int(),
      precision: z.string(),
      provider: z.string().describe('The execution provider that really runs it'),
      partly: z.boolean().describe('True when the CPU runs some of its operators'),
      licence: z.string(),
      card: z.boolean().describe('Whether `/api/models/{name}/card` has one'),
    }),
  ),
  templates: z
    .object({
      model: z.string().describe('The embedding space of the models in use'),
      pending: z.int().describe('Enrolled images of other models that wait to be made again'),
      renewed: z.int().describe('Made again since the start'),
      failed: z
        .array(
          z.object({
            templateId: z.string(),
            personId: z.string(),
            personName: z.string(),
            watchlistId: z.string(),
            reason: z.string(),
          }),
        )
        .readonly()
        .describe(
          'People who need a picture again; on lists that the caller may see, for operators',
        ),
    })
    .describe('Templates after a change of models'),
  disabled: z
    .array(z.object({ task: z.string(), effect: z.string() }))
    .describe('Tasks without a model'),
  workers: z.array(z.object({ name: z.string(), state: z.string() })),
  queues: z.array(z.object({ queue: z.string(), depth: z.int(), limit: z.int() })),
  windowSeconds: z.number().describe('What `stages` and `alertLatency` look back on'),
  stages: z.array(z.object({ stage: z.string(), ...latency })),
  alertLatency: z
    .object(latency)
    .nullable()
    .describe('From capture of the deciding frame to publication; null without an alert'),
  framesMade: z.array(z.object({ cameraId: z.string(), count: z.int() })),
  drops: z
    .array(z.object({ cameraId: z.string(), reason: z.string(), count: z.int() }))
    .describe('Since the start; `rate` is thinning out by choice'),
  framesLive: z.int(),
  nodes: z
    .array(
      z.object({
        node: z.string(),
        roles: z.array(z.string()),
        state: z.enum(['up', 'draining', 'lost']),
        version: z.string(),
        seenAt: wallTime,
        cores: z.number(),
        load: z.number().describe('Cores that its cameras take, measured'),
        cameras: z.array(z.string()),
        waiting: z.int().describe('Messages that wait in it for the server'),
        sent: z.object({ keyframes: z.int(), bytes: z.int() }),
      }),
    )
    .describe(
      'Machines that pull cameras for this one; empty where it pulls them itself, and for limited tokens',
    ),
  store: z.object({
    writable: z.boolean(),
    mode: z.string(),
    encrypted: z.boolean().describe('Whether templates, portraits and evidence are'),
    message: z.string().optional().describe('What is wrong with it'),
    bytes: z.int().nullable().describe('The database and its journal'),
    freeBytes: z.int().nullable().describe('Free on its disk'),
  }),
  memory: z.object({ residentBytes: z.int(), heapBytes: z.int() }),
});

export const confirmedClockSchema = z.object({ confirmedAt: wallTime });
