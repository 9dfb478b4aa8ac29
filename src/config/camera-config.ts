import { z } from 'zod';
import { secretReference } from './secret.ts';

const cameraId = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, {
  error: 'must be lower-case letters, digits, "-" or "_", at most 63',
});

const cameraUrl = z.string().superRefine((text, context) => {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    context.addIssue({
      code: 'custom',
      message: 'must be an address such as rtsp://192.0.2.10:554/stream1',
      params: { secret: true },
    });
    return;
  }
  if (url.username !== '' || url.password !== '') {
    context.addIssue({
      code: 'custom',
      message:
        'must not hold credentials; give them as "username" and "password: {env: VARIABLE}" beside it',
      params: { secret: true },
    });
  }
  if (!['rtsp:', 'rtsps:'].includes(url.protocol)) {
    context.addIssue({ code: 'custom', message: 'must start with rtsp:// or rtsps://' });
  }
});

/** One camera. */
export const cameraConfig = z.strictObject({
  id: cameraId,
  name: z.string().min(1).max(100).optional(),
  url: cameraUrl,
  /** A second, smaller stream of the same camera, for the preview alone. */
  previewUrl: cameraUrl.optional(),
  username: z.string().min(1).optional(),
  password: secretReference.optional(),
  transport: z.enum(['tcp', 'udp']).default('tcp'),
  hardware: z
    .union([z.literal(false), z.enum(['auto', 'vaapi', 'cuda', 'qsv', 'videotoolbox'])])
    .default(false),
  enabled: z.boolean().default(true),
});
