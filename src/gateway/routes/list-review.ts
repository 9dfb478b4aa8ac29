import { z } from 'zod';
import { actorOf } from '../../domain/principal.ts';
import type { ListConfirmationInput } from '../../services/watchlists/confirm-list.ts';
import { type Route, route } from '../http/route.ts';
import { id } from '../schemas/values.ts';
import { listConfirmationBody, watchlistSchema } from '../schemas/watchlist.ts';
import type { RouteContext } from './context.ts';
import { assertMayChange } from './may-change.ts';
import { listFor, visibleIn } from './visible.ts';

/** The review of watchlists that wait for it. */
export function listReviewRoutes({ services }: RouteContext): Route[] {
  const visible = visibleIn(services);
  return [
    route({
      method: 'POST',
      path: '/api/watchlists/:id/review',
      role: 'reviewer',
      summary: 'Puts a watchlist in force that waits for review; by none of its authors',
      params: z.object({ id }),
      body: listConfirmationBody,
      answers: { 200: watchlistSchema },
      async handle({ principal, params, body }) {
        const list = await visible.list(params.id, principal);
        assertMayChange(principal, list);
        const given = body as ListConfirmationInput;
        const put = await services.watchlists.putInForce(list.id, given, actorOf(principal));
        return { json: listFor(principal, put) };
      },
    }),
  ];
}
