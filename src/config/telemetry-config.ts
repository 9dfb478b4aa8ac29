import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { secretHeaders } from './secret.ts';

/** Traces of single frames, sent to an OpenTelemetry collector. */
export const tracesConfig = z.strictObject({
  /** OTLP over HTTP, JSON. */
  endpoint: endpoint('http://127.0.0.1:4318/v1/traces'),
  /** Share of the frames that are traced; one that raises an alert always is. */
  sample: z.number().min(0).max(1).default(0.01),
  /** Headers of the requests, each a secret. */
  headers: secretHeaders,
});
