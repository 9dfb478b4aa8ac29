import { z } from 'zod';
import { NightglassError } from '../../domain/errors.ts';
import { actorOf, hasRole, hasScope, type Principal } from '../../domain/principal.ts';
import type { LearningScope } from '../../services/learning/learning-samples.ts';
import type { SampleOrder } from '../../services/learning/samples-archive.ts';
import type { GatewayServices } from '../contract/gateway-services.ts';
import { type Route, route } from '../http/route.ts';
import { exportJobSchema } from '../schemas/evidence.ts';
import {
  learningExportBody,
  learningPeopleQuery,
  learningPeopleSchema,
  learningPersonSchema,
  learningSchema,
} from '../schemas/learning.ts';
import { id } from '../schemas/values.ts';
import type { RouteContext } from './context.ts';
import { personToChange } from './may-change.ts';
import { maySeeWatchlist, visibleIn } from './visible.ts';

const byId = z.object({ id });

/** Faces of confirmed alerts that may be taken for training; exports are jobs of evidence. */
export function learningRoutes(context: RouteContext): Route[] {
  const { auditor, services } = context;
  const visible = visibleIn(services);
  return [
    route({
      method: 'GET',
      path: '/api/learning',
      role: 'operator',
      summary: 'How many faces may be taken for training, on what ground and for how long',
      answers: { 200: learningSchema },
      async handle({ principal }) {
        services.learning.assertOn();
        const found = await services.learning.overview(await scopeOf(services, principal));
        await auditor.viewed(principal.name, '', 'learning.listed');
        return { json: found };
      },
    }),
    route({
      method: 'GET',
      path: '/api/learning/people',
      role: 'operator',
      summary: 'Whose faces may be taken for training, and who is excluded, by id',
      query: learningPeopleQuery,
      answers: { 200: learningPeopleSchema },
      async handle({ principal, query }) {
        services.learning.assertOn();
        const { after = '', limit } = query;
        const scope = await scopeOf(services, principal);
        const people = await services.learning.people(scope, { after, limit });
        const next = people.length === limit ? (people.at(-1)?.personId ?? null) : null;
        await auditor.viewed(principal.name, '', 'learning.listed');
        return { json: { people, next } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/learning/people/:id',
      role: 'operator',
      summary: 'Which faces of a person may be taken for training, and until when',
      params: byId,
      answers: { 200: learningPersonSchema },
      async handle({ principal, params }) {
        services.learning.assertOn();
        const person = await visible.person(params.id, principal);
        const scope = await scopeOf(services, principal);
        const found = await services.learning.person(person.id, scope);
        await auditor.viewed(principal.name, person.id, 'learning.person_viewed');
        return { json: found };
      },
    }),
    ...changeRoutes(context),
  ];
}

function changeRoutes({ services }: RouteContext): Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/learning/people/:id/exclude',
      role: 'admin',
      summary: 'From now on no face of this person is taken for training',
      params: byId,
      answers: { 204: null },
      async handle({ principal, params }) {
        const person = await personToChange(services, params.id, principal);
        await services.learning.exclude(person.id, actorOf(principal));
        return { status: 204 };
      },
    }),
    route({
      method: 'POST',
      path: '/api/learning/people/:id/include',
      role: 'admin',
      summary: 'Takes faces of somebody who was excluded again',
      params: byId,
      answers: { 204: null },
      async handle({ principal, params }) {
        const person = await personToChange(services, params.id, principal);
        await services.learning.include(person.id, actorOf(principal));
        return { status: 204 };
      },
    }),
    route({
      method: 'POST',
      path: '/api/learning/jobs',
      role: 'admin',
      limit: 'search',
      summary:
        'Begins an export of these faces as a zip archive, a job of evidence; recorded with the reason',
      body: learningExportBody,
      answers: { 202: exportJobSchema },
      async handle({ principal, body }) {
        services.learning.assertOn();
        assertMayExport(principal);
        const scope = await scopeOf(services, principal);
        const asked = { kind: 'samples', alertIds: [], scope, reason: body.reason } as const;
        const { id, progress } = services.evidence.jobs.start({ ...asked, by: actorOf(principal) });
        if (progress.state === 'failed') throw progress.error;
        return { status: 202, json: { id, progress } };
      },
    }),
  ];
}

/**
 * By what the caller may at the moment that an archive is fetched, and by what may be taken then.
 * @throws NightglassError `FORBIDDEN`, `CONFLICT`
 */
export async function assertMayLeaveForTraining(
  services: GatewayServices,
  order: SampleOrder,
  principal: Principal,
): Promise<void> {
  assertMayExport(principal);
  const now = await scopeOf(services, principal);
  if (!holds(now.cameras, order.scope.cameras) || !holds(now.watchlists, order.scope.watchlists)) {
    throw new NightglassError(
      'FORBIDDEN',
      'Cannot export for training: some of it is not yours to see any more',
      { hint: 'Export again.' },
    );
  }
  await services.learning.assertCurrent(order);
}

/** The lists and cameras whose alerts a principal sees. */
async function scopeOf(
  { watchlists }: Pick<GatewayServices, 'watchlists'>,
  principal: Principal,
): Promise<LearningScope> {
  const { cameras } = principal;
  if (principal.watchlists === '*' && cameras === '*') return { watchlists: '*', cameras };
  const seen = (await watchlists.list()).filter((list) => maySeeWatchlist(principal, list));
  return { watchlists: seen.map((list) => list.id), cameras };
}

function holds(now: '*' | readonly string[], then: '*' | readonly string[]): boolean {
  if (now === '*') return true;
  return then !== '*' && then.every((each) => now.includes(each));
}

/** @throws NightglassError `FORBIDDEN` */
function assertMayExport(principal: Principal): void {
  if (hasRole(principal, 'admin') && hasScope(principal, 'learning:export')) return;
  throw new NightglassError(
    'FORBIDDEN',
    'Cannot export for training: the token or account lacks the scope learning:export',
    { hint: 'Whoever holds it, or may run commands on the data folder, can give it.' },
  );
}
