import { z } from 'zod';
import type { AlertOutcome } from '../../domain/alert-outcome.ts';
import { type Route, route } from '../http/route.ts';
import { alertRecord, outcomeBody, showRecord } from '../schemas/alert.ts';
import { id } from '../schemas/values.ts';
import type { RouteContext } from './context.ts';
import { shownTo, visibleIn } from './visible.ts';

/** What came of alerts. */
export function outcomeRoutes({ services }: RouteContext): Route[] {
  const visible = visibleIn(services);
  return [
    route({
      method: 'POST',
      path: '/api/alerts/:id/outcomes',
      role: 'operator',
      summary: 'What came of a confirmed alert; added to what was said before',
      params: z.object({ id }),
      body: outcomeBody,
      answers: { 201: alertRecord },
      async handle({ principal, params, body }) {
        const { alert } = await visible.alert(params.id, principal);
        const given = body as { outcome: AlertOutcome; note?: string };
        const record = await services.alerts.recordOutcome(alert.id, given, principal.name);
        return { status: 201, json: showRecord(shownTo(record, principal)) };
      },
    }),
  ];
}
