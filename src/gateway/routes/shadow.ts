import { maySeeCamera, maySeeWatchlistId, type Principal } from '../../domain/principal.ts';
import { type Route, route } from '../http/route.ts';
import { shadowSchema } from '../schemas/shadow.ts';
import type { RouteContext } from './context.ts';

/** What models that run beside those in use would have done. */
export function shadowRoutes({ services }: RouteContext): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/models/shadow',
      role: 'operator',
      summary: 'What another version of the models would have done, beside the one in use',
      answers: { 200: shadowSchema },
      async handle({ principal }) {
        return { json: { shadow: await services.shadow.report(viewOf(principal)) } };
      },
    }),
  ];
}

function viewOf(principal: Principal) {
  return {
    camera: (id: string) => maySeeCamera(principal, id),
    watchlist: (id: string) => maySeeWatchlistId(principal, id),
    all: principal.cameras === '*' && principal.watchlists === '*',
  };
}
