import { z } from 'zod';
import { evidenceBounds } from '../domain/bounds.ts';
import { boundedDuration } from './duration.ts';
import { endpoint, securedEndpoint } from './endpoint.ts';
import { secretHeaders } from './secret.ts';

const example = 'https://tsa.example.org/rfc3161';

/** A server that says when an exported case was signed (RFC 3161). */
const timestampConfig = z
  .strictObject({
    /** Plain HTTP, too: what comes is signed, and a hash is all that leaves. */
    url: endpoint(example),
    headers: secretHeaders,
    /** Certificates that its stamps must lead to, PEM; relative to the configuration file. */
    ca: z.string().min(1).optional(),
    timeout: boundedDuration(...evidenceBounds.timestampMs).prefault('10s'),
  })
  .superRefine(({ url, headers }, context) => {
    if (Object.keys(headers).length === 0 || securedEndpoint(example).safeParse(url).success)
      return;
    context.addIssue({
      code: 'custom',
      path: ['url'],
      message: 'must start with https:// where headers are sent',
      params: { secret: true },
    });
  });

export const evidenceConfig = {
  /** Without it cases carry no time stamp. */
  timestamp: timestampConfig.optional(),
};
