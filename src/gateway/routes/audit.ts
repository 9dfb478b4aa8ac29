import { z } from 'zod';
import { type Route, route } from '../http/route.ts';
import { auditSchema } from '../schemas/answers.ts';
import type { RouteContext } from './context.ts';

const auditQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  before: z.coerce.number().int().min(0).optional().describe('Only records below this sequence'),
});

/** The audit log, to read. Reading it is recorded too. */
export function auditRoutes({ backend, auditor }: RouteContext): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/audit',
      role: 'admin',
      summary: 'The audit log, newest first',
      query: auditQuery,
      answers: { 200: auditSchema },
      async handle({ principal, query }) {
        const records = await backend.audit.list({
          limit: query.limit,
          ...(query.before === undefined ? {} : { before: query.before }),
        });
        await auditor.attempt({
          actor: principal.name,
          action: 'audit.read',
          target: null,
          details: { records: records.length },
        });
        return { json: { records } };
      },
    }),
  ];
}
