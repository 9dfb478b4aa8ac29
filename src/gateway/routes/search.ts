import type { EvidenceKind } from '../../domain/alert.ts';
import { awaitsReview } from '../../domain/list-review.ts';
import { actorOf, type Principal } from '../../domain/principal.ts';
import type { UploadedImage } from '../../domain/uploaded-image.ts';
import type { WatchlistView } from '../../services/watchlists/watchlists-service.ts';
import { GatewayError } from '../contract/wire-error.ts';
import { type Route, route } from '../http/route.ts';
import { searchFields, searchSchema } from '../schemas/search.ts';
import type { RouteContext } from './context.ts';
import { maySeeWatchlist, visibleIn } from './visible.ts';

/** Search: a picture, uploaded or of an alert, against the watchlists. The picture is not kept. */
export function searchRoutes({ services }: RouteContext): Route[] {
  const visible = visibleIn(services);

  async function pictureOf(
    alertId: string,
    kind: EvidenceKind,
    principal: Principal,
  ): Promise<UploadedImage> {
    const bytes = await visible.picture(alertId, kind, principal);
    return { name: `${alertId}-${kind}.jpg`, bytes };
  }

  return [
    route({
      method: 'POST',
      path: '/api/search',
      role: 'reviewer',
      limit: 'search',
      summary: 'Candidates for the faces of a picture: one image, or `alertId`',
      upload: 'images-or-json',
      body: searchFields,
      answers: { 200: searchSchema },
      async handle({ principal, body, images }) {
        const { alertId, kind, reason, watchlist, limit } = body;
        if (images.length + (alertId === undefined ? 0 : 1) !== 1) {
          throw new GatewayError('BAD_REQUEST', 'Cannot search: send one image, or an alertId');
        }
        const image =
          alertId === undefined
            ? (images[0] as UploadedImage)
            : await pictureOf(alertId, kind, principal);
        const lists =
          watchlist === undefined
            ? (await services.watchlists.list()).filter(
                (list) => maySeeWatchlist(principal, list) && !awaitsReview(list),
              )
            : [assertReviewed(await visible.list(watchlist, principal))];
        const faces = await services.search.run({
          image,
          watchlistIds: lists.map((list) => list.id),
          limit,
          by: actorOf(principal),
          reason,
          ...(watchlist === undefined ? {} : { target: watchlist }),
          ...(alertId === undefined ? {} : { source: { alert: alertId, picture: kind } }),
        });
        return { json: { faces } };
      },
    }),
  ];
}

/** "Nobody found" would be no answer about a list that is not searched. @throws GatewayError `CONFLICT` */
function assertReviewed(list: WatchlistView): WatchlistView {
  if (!awaitsReview(list)) return list;
  throw new GatewayError(
    'CONFLICT',
    `Cannot search: the watchlist ${list.name} waits for review and matches nobody`,
  );
}
