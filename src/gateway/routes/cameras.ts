import { z } from 'zod';
import { maySeeCamera } from '../../domain/principal.ts';
import { type Route, route } from '../http/route.ts';
import { reloadSchema } from '../schemas/answers.ts';
import { cameraDetailSchema, cameraSchema } from '../schemas/camera.ts';
import { id } from '../schemas/values.ts';
import type { RouteContext } from './context.ts';
import { assertUnlimited } from './may-change.ts';
import { visibleIn } from './visible.ts';

/** Cameras that run: list, and read the configuration again. */
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
      method: 'POST',
      path: '/api/cameras/reload',
      role: 'admin',
      summary:
        'Reads cameras, watchlists and receivers of the configuration again, without restart',
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
