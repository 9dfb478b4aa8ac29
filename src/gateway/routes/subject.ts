import type { z } from 'zod';
import { NightglassError } from '../../domain/errors.ts';
import {
  actorOf,
  isUnlimited,
  maySeeCamera,
  maySeeSite,
  maySeeWatchlistId,
  type Principal,
} from '../../domain/principal.ts';
import { visibleTo } from '../../domain/visible-alert.ts';
import type { SubjectOrder } from '../../services/evidence/subject/subject-service.ts';
import type { SubjectRequest } from '../../services/evidence/subject/subject-sources.ts';
import type { GatewayServices } from '../contract/gateway-services.ts';
import { type Route, route } from '../http/route.ts';
import { exportJobSchema } from '../schemas/evidence.ts';
import { subjectBody, subjectPreviewBody, subjectPreviewSchema } from '../schemas/subject.ts';
import type { RouteContext } from './context.ts';
import { visibleIn } from './visible.ts';
import { maySeeSearch } from './visible-search.ts';

/** All that is kept of one person, as signed cases; the jobs are those of evidence. */
export function subjectRoutes({ auditor, services }: RouteContext): Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/subject/preview',
      role: 'reviewer',
      limit: 'search',
      summary: "What an export of a person's data would hold; on record as a look at the person",
      body: subjectPreviewBody,
      answers: { 200: subjectPreviewSchema },
      async handle({ principal, body }) {
        const asked = {
          ...body,
          reason: '',
          law: 'gdpr',
          staff: 'numbered',
          templates: true,
          withhold: [],
        } as const;
        const request = subjectOrder(principal, { ...asked, part: 1 });
        await assertMayAsk(services, request, principal);
        for (const personId of body.people) {
          await auditor.viewed(principal.name, personId, 'person.viewed');
        }
        return { json: await services.subject.preview(request) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/subject/jobs',
      role: 'reviewer',
      limit: 'search',
      summary:
        'Begins an export of all that is kept of one person, a part of it; recorded with the reason',
      body: subjectBody,
      answers: { 202: exportJobSchema },
      async handle({ principal, body }) {
        const order = subjectOrder(principal, body);
        await assertMayLeaveOfSubject(services, order, principal);
        const { id, progress } = services.evidence.jobs.start(order);
        if (progress.state === 'failed') throw progress.error;
        return { status: 202, json: { id, progress } };
      },
    }),
  ];
}

/**
 * By what the caller may at this moment: asked when an export is ordered, and again when one that
 * was made meanwhile is fetched.
 * @throws GatewayError `NOT_FOUND`, NightglassError `FORBIDDEN`
 */
export async function assertMayLeaveOfSubject(
  services: GatewayServices,
  order: SubjectOrder,
  principal: Principal,
): Promise<void> {
  await assertMayAsk(services, order, principal);
  if (order.templates === 'numbers' && !principal.scopes.includes('embeddings:read')) {
    throw notAll('Its templates are not yours to read any more.');
  }
  // Looks at each alert and sighting with the caller's rights of now.
  await services.subject.preview({ ...order, may: mayOf(principal) });
}

/**
 * Whoever answers for a person sees their list and all cameras that it runs on: how much there is on
 * them elsewhere is nothing for others to know.
 */
async function assertMayAsk(
  services: GatewayServices,
  { people }: Pick<SubjectRequest, 'people'>,
  principal: Principal,
): Promise<void> {
  if (isUnlimited(principal)) return;
  const visible = visibleIn(services);
  for (const id of people) {
    const { watchlistId } = await visible.person(id, principal);
    const { cameras } = await visible.list(watchlistId, principal);
    const isWhole =
      cameras === '*'
        ? principal.cameras === '*'
        : cameras.every((camera) => maySeeCamera(principal, camera));
    if (!isWhole) throw notAll('Ask somebody who may see all cameras of the list.');
  }
}

function subjectOrder(
  principal: Principal,
  { clips, templates, ...asked }: z.output<typeof subjectBody>,
): SubjectOrder {
  return {
    ...asked,
    alertIds: [],
    by: actorOf(principal),
    may: mayOf(principal),
    withClips: clips,
    templates: templates && principal.scopes.includes('embeddings:read') ? 'numbers' : 'hash',
  };
}

function mayOf(principal: Principal): SubjectRequest['may'] {
  return {
    alert: (alert) => visibleTo(alert, principal) === alert,
    search: (ids) => maySeeSearch(principal, { lists: ids.map((id) => ({ id })) }),
    site: (site, list) => maySeeSite(principal, site) && maySeeWatchlistId(principal, list),
  };
}

function notAll(hint: string): NightglassError {
  return new NightglassError('FORBIDDEN', 'Cannot export personal data: not all of it is yours', {
    hint,
  });
}
