import { maySeeCamera, maySeeWatchlistId, type Principal } from '../../domain/principal.ts';
import { GatewayError } from '../contract/wire-error.ts';
import { type Route, route } from '../http/route.ts';
import { statisticsQuery, statisticsSchema } from '../schemas/statistics.ts';
import type { RouteContext } from './context.ts';

const monthMs = 30 * 86_400_000;

/** What people made of the alerts. */
export function statisticsRoutes({ services, clock }: RouteContext): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/statistics',
      role: 'operator',
      summary: 'Confirmed, dismissed and open alerts by camera, watchlist, quality and score',
      query: statisticsQuery,
      answers: { 200: statisticsSchema },
      async handle({ principal, query }) {
        const { to = clock.now() } = query;
        const { from = Math.max(0, to - monthMs) } = query;
        if (from > to) throw new GatewayError('BAD_REQUEST', 'Cannot count: `from` is after `to`');
        const report = await services.statistics.report({
          from,
          to,
          cameras: narrowed(principal, 'cameras', query.camera),
          watchlists: narrowed(principal, 'watchlists', query.watchlist),
        });
        return { json: { from, to, ...report } };
      },
    }),
  ];
}

/** What is asked for, as far as the principal may see it. */
function narrowed(
  principal: Principal,
  what: 'cameras' | 'watchlists',
  one: string | undefined,
): '*' | readonly string[] {
  if (one === undefined) return principal[what];
  const may = what === 'cameras' ? maySeeCamera : maySeeWatchlistId;
  return may(principal, one) ? [one] : [];
}
