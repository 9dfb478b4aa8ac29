import { z } from 'zod';
import { hasRole, type Principal } from '../../domain/principal.ts';
import type { ReviewAction } from '../../domain/review.ts';
import { GatewayError, toWireError } from '../contract/wire-error.ts';
import { type Route, route } from '../http/route.ts';
import {
  alertRecord,
  bulkReviewBody,
  bulkReviewed,
  noteBody,
  reviewBody,
  showRecord,
} from '../schemas/alert.ts';
import { id } from '../schemas/values.ts';
import type { RouteContext } from './context.ts';
import { shownTo, visibleIn } from './visible.ts';

const byId = z.object({ id });

/** What people do to alerts: review, note, lift the mark of a still face. */
export function reviewRoutes({ services }: RouteContext): Route[] {
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
        assertMayReview(principal, body.action);
        return { json: await review(services, params.id, principal, body) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/alerts/review',
      role: 'operator',
      summary: 'The same step on several alerts; each is taken or refused on its own',
      body: bulkReviewBody,
      answers: { 200: bulkReviewed },
      async handle({ principal, body: { alerts, ...step } }) {
        assertMayReview(principal, step.action);
        const reviewed: object[] = [];
        const refused: { id: string; code: string; message: string }[] = [];
        const wanted = new Map(alerts.map((alert) => [alert.id, alert]));
        // One that is not there, or not for the caller, refuses all before any is taken.
        for (const alertId of wanted.keys()) {
          await visible.alert(alertId, principal);
          await othersFirst();
        }
        for (const [alertId, { revision }] of wanted) {
          try {
            await othersFirst();
            reviewed.push(await review(services, alertId, principal, { ...step, revision }));
          } catch (error) {
            const { code, message } = toWireError(error);
            if (code === 'INTERNAL') throw error;
            refused.push({ id: alertId, code, message });
          }
        }
        return { json: { reviewed, refused } };
      },
    }),
    route({
      method: 'POST',
      path: '/api/alerts/:id/notes',
      role: 'operator',
      summary: 'A note on an alert; it is kept and deleted with it',
      params: byId,
      body: noteBody,
      answers: { 201: alertRecord },
      async handle({ principal, params, body }) {
        const { alert } = await visible.alert(params.id, principal);
        const record = await services.alerts.note(alert.id, body.text, principal.name);
        return { status: 201, json: showRecord(shownTo(record, principal)) };
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
        const { cameras } = principal;
        const record = await services.alerts.liftStill(alert.id, principal.name, cameras);
        return { json: showRecord(shownTo(record, principal)) };
      },
    }),
  ];
}

/** @throws GatewayError `NOT_FOUND`, and what `alerts.review` throws */
async function review(
  services: RouteContext['services'],
  alertId: string,
  principal: Principal,
  step: {
    readonly action: ReviewAction;
    readonly reason?: string | undefined;
    readonly revision?: number | undefined;
  },
): Promise<object> {
  const { action, reason, revision } = step;
  const { alert: before } = await visibleIn(services).alert(alertId, principal);
  const record = await services.alerts.review(before.id, {
    action,
    reviewer: principal.name,
    ...(reason === undefined ? {} : { reason }),
    ...(revision === undefined ? {} : { expectedRevision: revision }),
  });
  return showRecord(shownTo(record, principal));
}

/** @throws GatewayError `FORBIDDEN` */
/** Each step is a transaction: others have their turn of the event loop before it. */
function othersFirst(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function assertMayReview(principal: Principal, action: ReviewAction): void {
  if ((action === 'confirm' || action === 'dismiss') && !hasRole(principal, 'reviewer')) {
    throw new GatewayError('FORBIDDEN', `Cannot ${action}: this needs the role reviewer`);
  }
}
