import { z } from 'zod';
import { NightglassError } from '../domain/errors.ts';
import type { OrderedCamera } from './remote-cameras.ts';

const text = z.string().max(4_096);

/** What is read before a camera is opened; scene and view were validated where they were ordered. */
const shape = z.looseObject({
  inFile: z.boolean(),
  camera: z.looseObject({
    id: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/),
    name: text,
    url: text.regex(/^rtsps?:\/\//),
    previewUrl: text.nullable(),
    username: text.nullable(),
    password: text.nullable(),
    transport: z.enum(['tcp', 'udp', 'http', 'multicast']),
    limits: z.looseObject({ connectMs: z.number().positive(), silenceMs: z.number().positive() }),
    allowBasic: z.boolean(),
    hardware: z.union([z.literal(false), z.enum(['auto', 'vaapi', 'cuda', 'qsv', 'videotoolbox'])]),
    view: z.looseObject({ rotate: z.number(), mirror: z.boolean(), masks: z.array(z.unknown()) }),
    scene: z.looseObject({ masks: z.array(z.unknown()), zones: z.array(z.unknown()) }),
    key: text,
  }),
});

/**
 * A camera as the control node ordered it.
 * @throws NightglassError `CLUSTER_DIFFERS` for what this version does not understand
 */
export function orderedCamera(order: unknown): OrderedCamera {
  const parsed = shape.safeParse(order);
  if (parsed.success) return parsed.data as unknown as OrderedCamera;
  throw new NightglassError(
    'CLUSTER_DIFFERS',
    'The order of a camera is not understood: the control node has another version',
  );
}
