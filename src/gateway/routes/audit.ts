import type { z } from 'zod';
import type { AuditFilter, AuditQuery } from '../../domain/audit-query.ts';
import type { AuditVerdict } from '../../domain/audit-verdict.ts';
import type { Principal } from '../../domain/principal.ts';
import { GatewayError } from '../contract/wire-error.ts';
import { type Route, route } from '../http/route.ts';
import { auditFilterQuery, auditQuery, auditSchema, auditVerdictSchema } from '../schemas/audit.ts';
import { namesIn } from './audit-names.ts';
import type { RouteContext } from './context.ts';

/** The audit log, to read, to verify, to take along. All three are recorded too. */
export function auditRoutes({ services, auditor }: RouteContext): Route[] {
  /** One verification at a time: who asks meanwhile gets the same. */
  let verifying: Promise<AuditVerdict> | undefined;

  return [
    route({
      method: 'GET',
      path: '/api/audit',
      role: 'admin',
      summary: 'The audit log, in pages',
      query: auditQuery,
      answers: { 200: auditSchema },
      async handle({ principal, query }) {
        assertSeesAll(principal);
        // zod leaves out what was not sent, so no key holds undefined.
        const records = await services.audit.listSlowly(query as AuditQuery);
        const { who, what, target } = query;
        const filtered = [who, what, target].filter((part) => part !== undefined).join(' ');
        await auditor.viewed(principal.name, filtered, 'audit.read');
        const next = records.length === query.limit ? (records.at(-1)?.sequence ?? null) : null;
        return { json: { records, next, names: await namesIn(records, services) } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/audit/verify',
      role: 'admin',
      summary: 'Whether every record is there, unchanged and in its place',
      answers: { 200: auditVerdictSchema },
      async handle({ principal }) {
        assertSeesAll(principal);
        verifying ??= Promise.resolve(services.audit.verifySlowly()).finally(() => {
          verifying = undefined;
        });
        const verdict = await verifying;
        await auditor.attempt({
          who: principal.name,
          what: 'audit.verified',
          target: '',
          detail: { ok: verdict.ok, records: verdict.entries },
        });
        return { json: shown(verdict) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/audit/export',
      role: 'admin',
      summary: 'The audit log as JSON Lines, oldest first',
      query: auditFilterQuery,
      answers: { 200: 'application/jsonl' },
      async handle({ principal, query }) {
        assertSeesAll(principal);
        await auditor.required({
          who: principal.name,
          what: 'audit.exported',
          target: '',
          detail: { filter: JSON.stringify(query) },
        });
        return {
          stream: lines(services.audit.records(query as AuditFilter)),
          contentType: 'application/jsonl; charset=utf-8',
          fileName: 'nightglass-audit.jsonl',
        };
      },
    }),
  ];
}

/** The log tells of every camera and list. @throws GatewayError `FORBIDDEN` */
function assertSeesAll(principal: Principal): void {
  if (principal.cameras === '*' && principal.watchlists === '*') return;
  throw new GatewayError(
    'FORBIDDEN',
    'Cannot read the audit log: the token is limited to some cameras or watchlists',
  );
}

function shown(verdict: AuditVerdict): z.infer<typeof auditVerdictSchema> {
  if (verdict.ok) {
    const { entries: records, head, prunedThrough } = verdict;
    return { ok: true, records, prunedThrough, head };
  }
  const { entries: records, brokenAt: sequence, why: message } = verdict;
  return { ok: false, records, problem: { sequence, message } };
}

async function* lines(records: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const record of records) yield `${JSON.stringify(record)}\n`;
}
