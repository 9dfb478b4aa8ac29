import { z } from 'zod';
import { evidenceKinds } from '../../domain/alert.ts';
import { hasRole, maySeeCamera, type Principal } from '../../domain/principal.ts';
import { GatewayError } from '../contract/wire-error.ts';
import { type Route, route } from '../http/route.ts';
import { alertQuery, alertRecord, reviewBody, shownAlert, showRecord } from '../schemas/alert.ts';
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
        return { json: page };
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
      params: z.object({ id, kind: z.enum(evidenceKinds) }),
      answers: { 200: 'image/jpeg' },
      async handle({ principal, params }) {
        const { alert } = await visible.alert(params.id, principal);
        const jpeg = await services.alerts.evidence(alert.id, params.kind);
        if (jpeg === null) {
          throw new GatewayError('NOT_FOUND', `Alert ${alert.id} has no picture "${params.kind}"`);
        }
        await auditor.viewed(principal.name, alert.id);
        return { jpeg };
      },
    }),
  ];
}

/** What people do to alerts: review, lift the mark of a still face. */
export function reviewRoutes({ services, auditor }: RouteContext): Route[] {
  const visible = visibleIn(services);
  return [
    route({
      method: 'POST',
      path: '/api/alerts/:id/review',
      role: 'operator',
      summary: 'Acknowledge or escalate (operator), confirm or dismiss (reviewer)',
      params: byId,
      body: reviewBody,
      answers: { 200: alertRecord },
      async handle({ principal, params, body }) {
        const { action, reason, revision } = body;
        if ((action === 'confirm' || action === 'dismiss') && !hasRole(principal, 'reviewer')) {
          throw new GatewayError('FORBIDDEN', `Cannot ${action}: this needs the role reviewer`);
        }
        const { alert: before } = await visible.alert(params.id, principal);
        const record = await services.alerts.review(before.id, {
          action,
          reviewer: principal.name,
          ...(reason === undefined ? {} : { reason }),
          ...(revision === undefined ? {} : { expectedRevision: revision }),
        });
        return { json: showRecord(record) };
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/alerts/:id/still',
      role: 'operator',
      summary: 'Lift the mark of a face that keeps its place: it alerts again like any other',
      params: byId,
      answers: { 200: alertRecord },
      async handle({ principal, params }) {
        const { alert } = await visible.alert(params.id, principal);
        const record = await services.alerts.liftStill(alert.id, principal.name);
        await auditor.attempt({
          who: principal.name,
          what: 'alert.still_lifted',
          target: alert.id,
          detail: { personId: alert.personId, cameraId: alert.cameraId },
        });
        return { json: showRecord(record) };
      },
    }),
  ];
}

/** Cameras whose alerts the caller asks for and may see. */
function camerasToList(principal: Principal, camera: string | undefined): '*' | readonly string[] {
  if (camera !== undefined) return maySeeCamera(principal, camera) ? [camera] : [];
  return principal.cameras;
}
