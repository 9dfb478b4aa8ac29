import { z } from 'zod';
import { actorOf } from '../../domain/principal.ts';
import { type Route, route } from '../http/route.ts';
import { federationSchema, listSitesBody, listSitesSchema } from '../schemas/federation.ts';
import { id } from '../schemas/values.ts';
import type { RouteContext } from './context.ts';
import { assertUnlimited } from './may-change.ts';
import { visibleIn } from './visible.ts';

/** Sites of a centre: for who may see all cameras and lists, at both. */
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
        assertUnlimited(principal, 'see the sites');
        return { json: services.federation.state() };
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
