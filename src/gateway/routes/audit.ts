import { z } from 'zod';
import { type Route, route } from '../http/route.ts';
import { auditSchema } from '../schemas/answers.ts';
import { id } from '../schemas/values.ts';
import type { RouteContext } from './context.ts';

const auditQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  after: z.coerce.number().int().min(0).optional().describe('Only records above this sequence'),
  target: id.optional().describe('Only records about this alert, list or person'),
});

/** The audit log, to read. Reading it is recorded too. */
export function auditRoutes({ backend, auditor }: RouteContext): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/audit',
      role: 'admin',
      summary: 'The audit log, oldest first',
      query: auditQuery,
      answers: { 200: auditSchema },
      async handle({ principal, query }) {
        const records = await backend.audit.list({
          limit: query.limit,
          ...(query.after === undefined ? {} : { after: query.after }),
          ...(query.target === undefined ? {} : { target: query.target }),
        });
        await auditor.attempt({
          who: principal.name,
          what: 'audit.read',
          target: '',
          detail: { records: records.length },
        });
        return { json: { records } };
      },
    }),
  ];
}
