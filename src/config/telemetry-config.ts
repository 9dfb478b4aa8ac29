import { z } from 'zod';
import { secretReference } from './secret.ts';

const endpoint = z.string().superRefine((text, context) => {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    context.addIssue({
      code: 'custom',
      message: 'must be an address such as http://127.0.0.1:4318/v1/traces',
      params: { secret: true },
    });
    return;
  }
  if (url.username !== '' || url.password !== '') {
    context.addIssue({
      code: 'custom',
      message: 'must not hold credentials; give them as "headers" beside it',
      params: { secret: true },
    });
  }
  if (!['http:', 'https:'].includes(url.protocol)) {
    context.addIssue({ code: 'custom', message: 'must start with http:// or https://' });
  }
});

/** Traces of single frames, sent to an OpenTelemetry collector. */
export const tracesConfig = z.strictObject({
  /** OTLP over HTTP, JSON. */
  endpoint,
  /** Share of the frames that are traced; one that raises an alert always is. */
  sample: z.number().min(0).max(1).default(0.01),
  /** Headers of the requests, each a secret. */
  headers: z.record(z.string().regex(/^[A-Za-z0-9-]{1,64}$/), secretReference).default({}),
});
