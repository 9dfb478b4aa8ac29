import { z } from 'zod';
import { actorOf, maySeeCamera, type Principal } from '../../domain/principal.ts';
import type { WatchlistInput } from '../../domain/watchlist.ts';
import type { WatchlistView } from '../../services/watchlists/watchlists-service.ts';
import { GatewayError } from '../contract/wire-error.ts';
import { type Route, route } from '../http/route.ts';
import { id } from '../schemas/values.ts';
import { watchlistBody, watchlistPatch, watchlistSchema } from '../schemas/watchlist.ts';
import type { RouteContext } from './context.ts';
import { assertMayChange } from './may-change.ts';
import { listFor, listsFor, visibleIn } from './visible.ts';

const byId = z.object({ id });

/** @throws GatewayError `FORBIDDEN` for a list that would run where the principal may not see */
function assertOwnCameras(
  principal: Principal,
  cameras: '*' | readonly string[] | undefined,
): void {
  if (principal.cameras === '*' || cameras === undefined) return;
  const foreign = cameras === '*' || !cameras.every((id) => maySeeCamera(principal, id));
  if (foreign) {
    throw new GatewayError(
      'FORBIDDEN',
      `Cannot set the cameras of the watchlist: the token may name only ${principal.cameras.join(', ')}`,
    );
  }
}

/**
 * Watchlists. The casts below: zod leaves out what was not sent, so no key holds undefined.
 */
export function watchlistRoutes({ services }: RouteContext): Route[] {
  const visible = visibleIn(services);
  return [
    route({
      method: 'GET',
      path: '/api/watchlists',
      role: 'operator',
      summary: 'Watchlists',
      answers: { 200: z.object({ watchlists: z.array(watchlistSchema) }) },
      async handle({ principal }) {
        const lists = await services.watchlists.list();
        return { json: { watchlists: listsFor(principal, lists) } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/watchlists/:id',
      role: 'operator',
      summary: 'A watchlist',
      params: byId,
      answers: { 200: watchlistSchema },
      async handle({ principal, params }) {
        return { json: listFor(principal, await visible.list(params.id, principal)) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/watchlists',
      role: 'admin',
      summary: 'A new watchlist',
      body: watchlistBody,
      answers: { 201: watchlistSchema },
      async handle({ principal, body }) {
        assertOwnCameras(principal, body.cameras);
        assertKnownCameras(services.cameras.configured(), body.cameras);
        if (principal.watchlists !== '*') {
          throw new GatewayError(
            'FORBIDDEN',
            'Cannot create a watchlist: the token is limited to lists that exist',
          );
        }
        const input = body as WatchlistInput;
        return { status: 201, json: await services.watchlists.create(input, actorOf(principal)) };
      },
    }),
    route({
      method: 'PATCH',
      path: '/api/watchlists/:id',
      role: 'admin',
      summary: 'Changes a watchlist',
      params: byId,
      body: watchlistPatch,
      answers: { 200: watchlistSchema },
      async handle({ principal, params, body }) {
        const list = await visible.list(params.id, principal);
        assertMayChange(principal, list);
        assertOwnCameras(principal, body.cameras);
        // Those that it names already may be gone from the configuration: they are no mistake of now.
        assertKnownCameras([...services.cameras.configured(), ...namedCameras(list)], body.cameras);
        const changes = body as Partial<WatchlistInput>;
        const changed = await services.watchlists.update(list.id, changes, actorOf(principal));
        return { json: listFor(principal, changed) };
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/watchlists/:id',
      role: 'admin',
      summary: 'Removes a watchlist with its people',
      params: byId,
      answers: { 204: null },
      async handle({ principal, params }) {
        const list = await visible.list(params.id, principal);
        assertMayChange(principal, list);
        await services.watchlists.remove(list.id, actorOf(principal));
        return { status: 204 };
      },
    }),
  ];
}

function namedCameras({ cameras }: Pick<WatchlistView, 'cameras'>): readonly string[] {
  return cameras === '*' ? [] : cameras;
}

/** A mistyped camera would make a list that matches nobody, unnoticed. */
function assertKnownCameras(
  known: readonly string[],
  cameras: '*' | readonly string[] | undefined,
): void {
  if (cameras === undefined || cameras === '*') return;
  const unknown = cameras.filter((camera) => !known.includes(camera));
  if (unknown.length === 0) return;
  throw new GatewayError(
    'BAD_REQUEST',
    `Cannot use the watchlist on ${unknown.join(', ')}: no such camera is configured`,
  );
}
