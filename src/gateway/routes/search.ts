import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Route, route } from '../http/route.ts';
import { searchSchema } from '../schemas/answers.ts';
import { id } from '../schemas/values.ts';
import { GatewayError } from '../wire-error.ts';
import type { RouteContext } from './context.ts';
import { maySeeWatchlist } from './watchlists.ts';

const searchFields = z.strictObject({
  reason: z.string().trim().min(3).max(500).describe('Why: kept in the audit log'),
  watchlist: id.optional().describe('Search this list alone'),
  limit: z.coerce.number().int().min(1).max(50).default(10),
});

/** Search: an image against the watchlists. The image is not kept. */
export function searchRoutes({ backend, auditor }: RouteContext): Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/search',
      role: 'reviewer',
      summary: 'Candidates for the faces of one image',
      upload: true,
      body: searchFields,
      answers: { 200: searchSchema },
      async handle({ principal, body, images }) {
        const [image, second] = images;
        if (image === undefined || second !== undefined) {
          throw new GatewayError('BAD_REQUEST', 'Cannot search: send exactly one image');
        }
        const lists = (await backend.watchlists.list()).filter(
          (list) =>
            maySeeWatchlist(principal, list) &&
            (body.watchlist === undefined || body.watchlist === list.id),
        );
        if (body.watchlist !== undefined && lists.length === 0) {
          throw new GatewayError('NOT_FOUND', `Cannot find the watchlist ${body.watchlist}`);
        }
        await auditor.required({
          who: principal.name,
          what: 'search.run',
          target: body.watchlist ?? '',
          detail: {
            reason: body.reason,
            imageSha256: createHash('sha256').update(image.bytes).digest('hex'),
            bytes: image.bytes.byteLength,
          },
        });
        const watchlistIds = lists.map((list) => list.id);
        const faces = await backend.search({ image, watchlistIds, limit: body.limit });
        return { json: { faces } };
      },
    }),
  ];
}
