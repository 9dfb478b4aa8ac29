import { z } from 'zod';

/** An address by HTTP. Its value is never quoted: a path or query may be a secret. */
export function endpoint(example: string) {
  return z.string().superRefine((text, context) => {
    const fault = (message: string) =>
      context.addIssue({ code: 'custom', message, params: { secret: true } });
    const url = URL.parse(text);
    if (url === null) return fault(`must be an address such as ${example}`);
    if (url.username !== '' || url.password !== '') {
      fault('must not hold credentials; give them as "headers" beside it');
    }
    if (!['http:', 'https:'].includes(url.protocol)) fault('must start with http:// or https://');
  });
}

const loopback = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** The same, encrypted wherever it leaves this machine. */
export function securedEndpoint(example: string) {
  return endpoint(example).superRefine((text, context) => {
    const url = URL.parse(text);
    if (url === null || url.protocol === 'https:' || loopback.has(url.hostname)) return;
    const message = 'must start with https://; http:// goes to this machine alone';
    context.addIssue({ code: 'custom', message, params: { secret: true } });
  });
}
