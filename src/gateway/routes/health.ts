import { hasRole, maySeeCamera, maySeeSite, maySeeWatchlistId } from '../../domain/principal.ts';
import { type Route, route } from '../http/route.ts';
import { healthSchema, readySchema } from '../schemas/answers.ts';
import type { RouteContext } from './context.ts';
import { assertUnlimited } from './may-change.ts';

/** Health, readiness, metrics. */
export function healthRoutes({ services, version, clients }: RouteContext): Route[] {
  return [
    route({
      method: 'GET',
      path: '/healthz',
      role: null,
      summary: 'Liveness; with a token also providers, cameras and the store',
      answers: { 200: healthSchema, 503: healthSchema },
      async handle({ principal }) {
        const health = await services.health();
        const status = health.status === 'failing' ? 503 : 200;
        // A load balancer needs no names of cameras, and a stranger gets none.
        if (principal === undefined) return { status, json: { status: health.status, version } };
        const cameras = await services.cameras.list();
        return {
          status,
          json: {
            ...health,
            problems: health.problems.filter(
              ({ cameraId, siteId, watchlistId }) =>
                (siteId === undefined || maySeeSite(principal, siteId)) &&
                (cameraId === undefined || maySeeCamera(principal, cameraId)) &&
                (watchlistId === undefined ||
                  (hasRole(principal, 'operator') && maySeeWatchlistId(principal, watchlistId))),
            ),
            version,
            clients: clients(),
            cameras: cameras
              .filter((camera) => maySeeCamera(principal, camera.id))
              .map((camera) => camera.status),
          },
        };
      },
    }),
    route({
      method: 'GET',
      path: '/readyz',
      role: null,
      summary: 'Whether models are loaded and the pipeline runs',
      answers: { 200: readySchema, 503: readySchema },
      async handle() {
        const { ready } = await services.health();
        return { status: ready ? 200 : 503, json: { ready } };
      },
    }),
    route({
      method: 'GET',
      path: '/metrics',
      role: 'viewer',
      summary: 'Metrics in the Prometheus text format',
      answers: { 200: 'text/plain; version=0.0.4; charset=utf-8' },
      async handle({ principal }) {
        // Its labels name every camera and watchlist.
        assertUnlimited(principal, 'read the metrics');
        return {
          text: await services.metrics(),
          contentType: 'text/plain; version=0.0.4; charset=utf-8',
        };
      },
    }),
  ];
}
