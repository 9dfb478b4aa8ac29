import { createHash } from 'node:crypto';
import type { Principal } from '../../domain/principal.ts';
import type { UploadedImage } from '../../domain/uploaded-image.ts';
import { GatewayError } from '../contract/wire-error.ts';
import { type Route, route } from '../http/route.ts';
import { searchFields, searchSchema } from '../schemas/search.ts';
import type { RouteContext } from './context.ts';
import { visibleIn } from './visible.ts';
import { maySeeWatchlist } from './watchlists.ts';

/** Search: a picture, uploaded or of an alert, against the watchlists. The picture is not kept. */
export function searchRoutes({ backend, auditor }: RouteContext): Route[] {
  const visible = visibleIn(backend);

  async function pictureOf(
    alertId: string,
    kind: 'face' | `best-${1 | 2 | 3 | 4}`,
    principal: Principal,
  ): Promise<UploadedImage> {
    const { alert, blind } = await visible.alert(alertId, principal);
    // The answer holds the very scores that are kept from a second reviewer.
    if (blind) {
      throw new GatewayError(
        'FORBIDDEN',
        'Cannot search: you are to judge this alert without its scores first',
      );
    }
    const bytes = await backend.alerts.evidence(alert.id, kind);
    if (bytes === null) {
      throw new GatewayError('NOT_FOUND', `Alert ${alert.id} has no picture "${kind}"`);
    }
    return { name: `${alert.id}-${kind}.jpg`, bytes };
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
            ? (await backend.watchlists.list()).filter((list) => maySeeWatchlist(principal, list))
            : [await visible.list(watchlist, principal)];
        const watchlistIds = lists.map((list) => list.id);
        await auditor.required({
          who: principal.name,
          what: 'search.run',
          target: watchlist ?? '',
          detail: {
            reason,
            lists: watchlistIds.join(','),
            ...(alertId === undefined ? {} : { alert: alertId, picture: kind }),
            imageSha256: createHash('sha256').update(image.bytes).digest('hex'),
            bytes: image.bytes.byteLength,
          },
        });
        return { json: { faces: await backend.search({ image, watchlistIds, limit }) } };
      },
    }),
  ];
}
