import { z } from 'zod';
import { driftBounds } from '../../domain/bounds.ts';
import { dayOfText, dayText } from '../../domain/drift/day-part.ts';
import { scoreMeasures } from '../../domain/drift/drift-measure.ts';
import { actorOf, type Principal } from '../../domain/principal.ts';
import type { DriftReport } from '../../services/cameras/drift-watch.ts';
import { type Route, route } from '../http/route.ts';
import { driftQuery, driftReferenceBody, driftReportSchema } from '../schemas/drift.ts';
import { id } from '../schemas/values.ts';
import type { RouteContext } from './context.ts';
import { visibleIn } from './visible.ts';

/** Whether a camera's pictures have changed. */
export function driftRoutes({ services }: RouteContext): Route[] {
  const visible = visibleIn(services);
  return [
    route({
      method: 'GET',
      path: '/api/cameras/:id/drift',
      role: 'operator',
      summary: 'What the pictures of a camera were like over weeks, and what changed since when',
      params: z.object({ id }),
      query: driftQuery,
      answers: { 200: driftReportSchema },
      async handle({ principal, params, query }) {
        const camera = await visible.camera(params.id, principal);
        const { weeks = driftBounds.weeks.default } = query;
        return { json: shown(await services.drift.report(camera.id, weeks), principal) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/cameras/:id/drift/reference',
      role: 'operator',
      summary: 'What changed is known: compares the camera from a day on alone',
      params: z.object({ id }),
      body: driftReferenceBody,
      answers: { 204: null },
      async handle({ principal, params, body }) {
        const camera = await visible.camera(params.id, principal);
        const { from, note } = body;
        const day = from === undefined ? undefined : dayOfText(from);
        await services.drift.setReference(camera.id, { from: day, note }, actorOf(principal));
        return { status: 204 };
      },
    }),
  ];
}

/** Scores are of all watchlists: who may see some of them sees none. */
function shown(report: DriftReport, principal: Principal) {
  const isShown = ({ measure }: { readonly measure: DriftReport['measures'][number]['measure'] }) =>
    principal.watchlists === '*' || !scoreMeasures.has(measure);
  const { reference } = report;
  return {
    ...report,
    judgedTo: dayText(report.judgedTo),
    reference: reference && { ...reference, from: dayText(reference.from) },
    changes: report.changes.filter(isShown).map((change) => ({
      ...change,
      since: dayText(change.since),
      foundOn: dayText(change.foundOn),
    })),
    measures: report.measures.filter(isShown).map((history) => ({
      ...history,
      weeks: history.weeks.map((week) => ({ ...week, from: dayText(week.from) })),
    })),
  };
}
