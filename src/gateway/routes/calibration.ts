import { z } from 'zod';
import { actorOf, maySeeCamera, maySeeWatchlistId } from '../../domain/principal.ts';
import { GatewayError } from '../contract/wire-error.ts';
import { type Route, route } from '../http/route.ts';
import { calibrationQuery, calibrationSchema, calibrationSwitch } from '../schemas/calibration.ts';
import { id } from '../schemas/values.ts';
import type { RouteContext } from './context.ts';
import { visibleIn } from './visible.ts';

/** Scores of a camera's own strangers, and thresholds that follow. */
export function calibrationRoutes({ services }: RouteContext): Route[] {
  const visible = visibleIn(services);
  return [
    route({
      method: 'GET',
      path: '/api/cameras/:id/calibration',
      role: 'operator',
      summary: 'Scores of people who are not enrolled, and the thresholds that follow from them',
      params: z.object({ id }),
      query: calibrationQuery,
      answers: { 200: calibrationSchema },
      async handle({ principal, params, query }) {
        if (!maySeeCamera(principal, params.id)) {
          throw new GatewayError('NOT_FOUND', `Cannot find the camera ${params.id}`, {
            hidden: true,
          });
        }
        const { hours = 168, fpir } = query;
        const report = await services.calibration.report({ cameraId: params.id, hours, fpir });
        const lists = report.lists.filter(({ watchlistId }) =>
          maySeeWatchlistId(principal, watchlistId),
        );
        return { json: { ...report, lists } };
      },
    }),
    route({
      method: 'POST',
      path: '/api/cameras/:id/calibration',
      role: 'admin',
      summary: 'Counts the strangers of a camera from nothing, or stops counting them',
      params: z.object({ id }),
      body: calibrationSwitch,
      answers: { 204: null },
      async handle({ principal, params, body }) {
        const camera = await visible.camera(params.id, principal);
        if (principal.watchlists !== '*') {
          throw new GatewayError(
            'FORBIDDEN',
            'Cannot start or stop the count: it is of all watchlists, the token of some',
          );
        }
        const by = actorOf(principal);
        if (body.counting) await services.calibration.start(camera.id, by);
        else await services.calibration.stop(camera.id, by);
        return { status: 204 };
      },
    }),
  ];
}
