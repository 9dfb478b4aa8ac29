import { z } from 'zod';
import type { Alert } from '../../alerts/alert.ts';
import { hasRole, maySeeCamera, type Principal } from '../access.ts';
import { type Route, route } from '../http/route.ts';
import {
  alertQuery,
  alertSchema,
  evidenceKinds,
  reviewBody,
  reviewRecord,
} from '../schemas/alert.ts';
import { id } from '../schemas/values.ts';
import { GatewayError } from '../wire-error.ts';
import type { RouteContext } from './context.ts';

const byId = z.object({ id });
const alertList = z.object({
  alerts: z.array(alertSchema),
  next: z.string().nullable().describe('`before` of the next page'),
});
const alertDetail = z.object({ alert: alertSchema, reviews: z.array(reviewRecord) });

/** Alerts: list, look, pictures, review. */
export function alertRoutes({ backend, auditor }: RouteContext): Route[] {
  /** The alert, if it exists and the caller may see its camera: no telling which of the two fails. */
  async function visibleAlert(alertId: string, principal: Principal): Promise<Alert> {
    const alert = await backend.alerts.get(alertId);
    if (alert === undefined || !maySeeCamera(principal, alert.cameraId)) {
      throw new GatewayError('NOT_FOUND', `Cannot find the alert ${alertId}`);
    }
    return alert;
  }

  return [
    route({
      method: 'GET',
      path: '/api/alerts',
      role: 'viewer',
      summary: 'Alerts, newest first',
      query: alertQuery,
      answers: { 200: alertList },
      async handle({ principal, query }) {
        const cameraIds = camerasToList(principal, query.camera);
        const alerts = await backend.alerts.list({
          limit: query.limit,
          ...(query.state === undefined ? {} : { state: query.state }),
          ...(query.watchlist === undefined ? {} : { watchlistId: query.watchlist }),
          ...(query.person === undefined ? {} : { personId: query.person }),
          ...(query.from === undefined ? {} : { from: query.from }),
          ...(query.to === undefined ? {} : { to: query.to }),
          ...(query.before === undefined ? {} : { before: query.before }),
          ...(cameraIds === undefined ? {} : { cameraIds }),
        });
        const last = alerts.at(-1);
        const next = alerts.length === query.limit && last !== undefined ? last.id : null;
        return { json: { alerts, next } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/alerts/:id',
      role: 'viewer',
      summary: 'An alert and its reviews',
      params: byId,
      answers: { 200: alertDetail },
      async handle({ principal, params }) {
        const alert = await visibleAlert(params.id, principal);
        await auditor.viewed(principal.name, alert.id);
        return { json: { alert, reviews: await backend.alerts.reviews(alert.id) } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/alerts/:id/evidence/:kind',
      role: 'viewer',
      summary: 'A picture of an alert; `enhanced` is AI-made and no evidence on its own',
      params: z.object({ id, kind: z.enum(evidenceKinds) }),
      answers: { 200: 'image/jpeg' },
      async handle({ principal, params }) {
        const alert = await visibleAlert(params.id, principal);
        const jpeg = await backend.alerts.evidence(alert.id, params.kind);
        if (jpeg === undefined) {
          throw new GatewayError('NOT_FOUND', `Alert ${alert.id} has no picture "${params.kind}"`);
        }
        await auditor.viewed(principal.name, alert.id);
        return { jpeg };
      },
    }),
    route({
      method: 'POST',
      path: '/api/alerts/:id/review',
      role: 'operator',
      summary: 'Acknowledge (operator), or confirm, dismiss, escalate (reviewer)',
      params: byId,
      body: reviewBody,
      answers: { 200: z.object({ alert: alertSchema }) },
      async handle({ principal, params, body }) {
        if (body.decision !== 'acknowledge' && !hasRole(principal, 'reviewer')) {
          throw new GatewayError('FORBIDDEN', `Cannot ${body.decision}: this needs the role reviewer`);
        }
        const before = await visibleAlert(params.id, principal);
        const alert = await backend.alerts.review({
          alertId: before.id,
          decision: body.decision,
          by: principal.name,
          ...(body.reason === undefined ? {} : { reason: body.reason }),
          ...(body.revision === undefined ? {} : { revision: body.revision }),
        });
        await auditor.attempt({
          actor: principal.name,
          action: 'alert.reviewed',
          target: alert.id,
          details: { decision: body.decision, from: before.state, to: alert.state, reason: body.reason ?? null },
        });
        return { json: { alert } };
      },
    }),
  ];
}

/** Cameras to ask for: undefined is all. */
function camerasToList(principal: Principal, camera: string | undefined): string[] | undefined {
  if (camera !== undefined) return maySeeCamera(principal, camera) ? [camera] : [];
  return principal.cameras.includes('*') ? undefined : [...principal.cameras];
}
