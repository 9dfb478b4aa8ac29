import { z } from 'zod';
import {
  hasRole,
  maySeeCamera,
  maySeeWatchlistId,
  type Principal,
} from '../../domain/principal.ts';
import { GatewayError } from '../contract/wire-error.ts';
import { type Route, route } from '../http/route.ts';
import { confirmedClockSchema, systemSchema } from '../schemas/system.ts';
import { id } from '../schemas/values.ts';
import type { RouteContext } from './context.ts';

/** Names of enrolled people are for who may see their list. */
function namedTo<T extends { readonly watchlistId: string }>(
  principal: Principal,
  failed: readonly T[],
): T[] {
  if (!hasRole(principal, 'operator')) return [];
  return failed.filter(({ watchlistId }) => maySeeWatchlistId(principal, watchlistId));
}

const markdown = 'text/markdown; charset=utf-8';

/** What runs, on what, how fast, and the cards of the models. */
export function systemRoutes({ services, version, clients }: RouteContext): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/system',
      role: 'viewer',
      summary: 'Models, providers, latencies, drops, store',
      answers: { 200: systemSchema },
      async handle({ principal }) {
        const report = await services.system.report();
        const visible = ({ cameraId }: { readonly cameraId: string }) =>
          maySeeCamera(principal, cameraId);
        return {
          json: {
            ...report,
            version,
            clients: clients(),
            framesMade: report.framesMade.filter(visible),
            drops: report.drops.filter(visible),
            nodes: principal.cameras === '*' ? report.nodes : [],
            templates: { ...report.templates, failed: namedTo(principal, report.templates.failed) },
          },
        };
      },
    }),
    route({
      method: 'POST',
      path: '/api/system/clock',
      role: 'admin',
      summary: 'Confirms the clock after a jump: what is too old by it is deleted again',
      answers: { 200: confirmedClockSchema },
      async handle({ principal }) {
        if (principal.cameras !== '*' || principal.watchlists !== '*') {
          throw new GatewayError(
            'FORBIDDEN',
            'Cannot confirm the clock: the token is limited to some cameras or watchlists',
          );
        }
        return {
          json: { confirmedAt: await services.system.confirmTime({ name: principal.name }) },
        };
      },
    }),
    route({
      method: 'GET',
      path: '/api/models/:name/card',
      role: 'viewer',
      summary: 'The card of a model in use',
      params: z.object({ name: id }),
      answers: { 200: markdown },
      async handle({ params }) {
        const text = await services.system.card(params.name);
        if (text === undefined) {
          throw new GatewayError('NOT_FOUND', `Cannot find a card of the model ${params.name}`);
        }
        return { text, contentType: markdown };
      },
    }),
  ];
}
