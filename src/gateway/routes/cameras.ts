import { z } from 'zod';
import { actorOf, maySeeCamera, maySeeWatchlistId } from '../../domain/principal.ts';
import { GatewayError } from '../contract/wire-error.ts';
import { type Route, route } from '../http/route.ts';
import { reloadSchema } from '../schemas/answers.ts';
import { calibrationQuery, calibrationSchema, calibrationSwitch } from '../schemas/calibration.ts';
import { cameraDetailSchema, cameraSchema } from '../schemas/camera.ts';
import { id } from '../schemas/values.ts';
import type { RouteContext } from './context.ts';
import { assertUnlimited } from './may-change.ts';
import { visibleIn } from './visible.ts';

/** Cameras: list, and read the configuration again. Cameras are added in the configuration. */
export function cameraRoutes({ services, auditor }: RouteContext): Route[] {
  const visible = visibleIn(services);
  return [
    route({
      method: 'GET',
      path: '/api/cameras',
      role: 'viewer',
      summary: 'Cameras and their state',
      answers: { 200: z.object({ cameras: z.array(cameraSchema) }) },
      async handle({ principal }) {
        const cameras = await services.cameras.list();
        return {
          json: { cameras: cameras.filter((camera) => maySeeCamera(principal, camera.id)) },
        };
      },
    }),
    route({
      method: 'GET',
      path: '/api/cameras/:id',
      role: 'viewer',
      summary: 'A camera, its state and what it showed over the last minutes',
      params: z.object({ id }),
      answers: { 200: cameraDetailSchema },
      async handle({ principal, params }) {
        return { json: await visible.camera(params.id, principal) };
      },
    }),
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
    route({
      method: 'POST',
      path: '/api/cameras/reload',
      role: 'admin',
      summary: 'Reads cameras and watchlists of the configuration again, without restart',
      query: z.strictObject({
        force: z
          .enum(['true', 'false'])
          .default('false')
          .describe('Also where the file names no camera any more'),
      }),
      answers: { 200: reloadSchema },
      async handle({ principal, query }) {
        assertUnlimited(principal, 'reload the configuration');
        const changes = await services.cameras.reload({ force: query.force === 'true' });
        await auditor.attempt({
          who: principal.name,
          what: 'cameras.reloaded',
          target: '',
          detail: {
            added: changes.added.length,
            changed: changes.changed.length,
            removed: changes.removed.length,
          },
        });
        return { json: changes };
      },
    }),
  ];
}
