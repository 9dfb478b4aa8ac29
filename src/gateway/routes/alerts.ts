import { z } from 'zod';
import { maySeeCamera, type Principal } from '../../domain/principal.ts';
import { visibleTo } from '../../domain/visible-alert.ts';
import { type Route, route } from '../http/route.ts';
import { alertQuery, alertRecord, evidenceKind, shownAlert, showRecord } from '../schemas/alert.ts';
import { id } from '../schemas/values.ts';
import type { RouteContext } from './context.ts';
import { visibleIn } from './visible.ts';

const byId = z.object({ id });
const alertList = z.object({
  alerts: z.array(shownAlert).readonly(),
  next: z.string().nullable().describe('`before` of the next page'),
  total: z.int().min(0).describe('Alerts that pass the filter, on all pages together'),
});

/** Alerts: list, look, pictures. */
export function alertRoutes({ services, auditor }: RouteContext): Route[] {
  const visible = visibleIn(services);
  return [
    route({
      method: 'GET',
      path: '/api/alerts',
      role: 'operator',
      summary: 'Alerts, newest first or as people should review them',
      query: alertQuery,
      answers: { 200: alertList },
      async handle({ principal, query }) {
        const filter = {
          limit: query.limit,
          cameras: camerasToList(principal, query.camera),
          watchlists: principal.watchlists,
          order: query.order,
          ...(query.state === undefined ? {} : { states: query.state }),
          ...(query.watchlist === undefined ? {} : { watchlistId: query.watchlist }),
          ...(query.person === undefined ? {} : { personId: query.person }),
          ...(query.from === undefined ? {} : { from: query.from }),
          ...(query.to === undefined ? {} : { to: query.to }),
          ...(query.before === undefined ? {} : { before: query.before }),
        };
        const page = await services.alerts.list(filter, principal.name);
        await auditor.viewed(principal.name, query.watchlist ?? '', 'alerts.listed');
        const alerts = page.alerts.flatMap((alert) => visibleTo(alert, principal) ?? []);
        return { json: { ...page, alerts } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/alerts/:id',
      role: 'operator',
      summary: 'An alert and its reviews',
      params: byId,
      answers: { 200: alertRecord },
      async handle({ principal, params }) {
        const record = await visible.alert(params.id, principal);
        await auditor.viewed(principal.name, record.alert.id);
        return { json: showRecord(record) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/alerts/:id/evidence/:kind',
      role: 'operator',
      summary: 'A picture of an alert; `enhanced` is AI-made and no evidence on its own',
      params: z.object({ id, kind: evidenceKind }),
      answers: { 200: 'image/jpeg' },
      async handle({ principal, params }) {
        const jpeg = await visible.picture(params.id, params.kind, principal);
        await auditor.viewed(principal.name, params.id);
        return { jpeg };
      },
    }),
  ];
}

/** Cameras whose alerts the caller asks for and may see. */
function camerasToList(principal: Principal, camera: string | undefined): '*' | readonly string[] {
  if (camera !== undefined) return maySeeCamera(principal, camera) ? [camera] : [];
  return principal.cameras;
}
