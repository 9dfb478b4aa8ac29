import { z } from 'zod';
import type { FederationView } from '../../domain/federation.ts';
import {
  actorOf,
  isUnlimited,
  maySeeSite,
  maySeeWatchlistId,
  type Principal,
  sitesOf,
} from '../../domain/principal.ts';
import { type Route, route } from '../http/route.ts';
import { federationSchema, listSitesBody, listSitesSchema } from '../schemas/federation.ts';
import { id } from '../schemas/values.ts';
import type { RouteContext } from './context.ts';
import { assertUnlimited } from './may-change.ts';
import { visibleIn } from './visible.ts';

/** Sites of a centre: lists are sent by who may see all cameras and lists. */
export function federationRoutes({ services }: RouteContext): Route[] {
  const visible = visibleIn(services);
  return [
    route({
      method: 'GET',
      path: '/api/federation',
      role: 'operator',
      summary: 'The centre of this site, or the sites of this centre, with the lists that go there',
      answers: { 200: federationSchema },
      handle({ principal }) {
        const view = services.federation.state();
        if (isUnlimited(principal)) return { json: view };
        const shown = sitesTo(view, principal);
        if (shown !== null) return { json: shown };
        assertUnlimited(principal, 'see the sites');
        return { json: view };
      },
    }),
    route({
      method: 'POST',
      path: '/api/watchlists/:id/sites',
      role: 'admin',
      summary: 'Says which sites a watchlist goes to',
      params: z.object({ id }),
      body: listSitesBody,
      answers: { 200: listSitesSchema },
      async handle({ principal, params, body }) {
        assertUnlimited(principal, 'send a watchlist to sites');
        const list = await visible.list(params.id, principal);
        const sites = services.federation.setSites(list.id, body.sites, actorOf(principal));
        return { json: { sites } };
      },
    }),
  ];
}

/** What a caller with some sites or lists may know of them; null for one with no site. */
function sitesTo(view: FederationView, principal: Principal): FederationView | null {
  if (view.role !== 'centre' || sitesOf(principal).length === 0) return null;
  const isTheirs = (id: string) => maySeeWatchlistId(principal, id);
  const sites = view.sites
    .filter(({ site }) => maySeeSite(principal, site))
    .map((site) => ({
      ...site,
      lists: site.lists.filter(({ id }) => isTheirs(id)),
      behind: site.behind.filter(isTheirs),
      // Counts over lists that are not all theirs.
      waiting: principal.watchlists === '*' ? site.waiting : null,
      late: principal.watchlists === '*' ? site.late : null,
    }));
  const lists = view.lists
    .filter(({ id }) => isTheirs(id))
    .map(({ id, sites: of }) => ({ id, sites: of.filter((site) => maySeeSite(principal, site)) }))
    .filter(({ sites: of }) => of.length > 0);
  return { ...view, sites, lists };
}
