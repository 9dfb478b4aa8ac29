import { z } from 'zod';
import { type Route, route } from '../http/route.ts';
import { pushDeviceBody, pushDeviceSchema, pushSchema, pushTestSchema } from '../schemas/push.ts';
import { id } from '../schemas/values.ts';
import type { RouteContext } from './context.ts';

const byId = z.object({ id });

/** Alerts on the caller's own devices, by Web Push. */
export function pushRoutes({ services }: RouteContext): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/push',
      role: 'viewer',
      summary: "Alerts on devices: whether they are set up, and the caller's own devices",
      answers: { 200: pushSchema },
      handle: ({ principal }) => ({ json: services.push.view(principal) }),
    }),
    route({
      method: 'POST',
      path: '/api/push/devices',
      role: 'viewer',
      summary:
        'Sends alerts to a browser from now on, or changes what it is sent; it belongs to the caller, who gets there what it may see. On record',
      body: pushDeviceBody,
      answers: { 201: pushDeviceSchema },
      handle({ principal, body: { keys, ...device } }) {
        return { status: 201, json: services.push.put({ ...device, ...keys }, principal) };
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/push/devices/:id',
      role: 'viewer',
      summary: "Sends no more to one of the caller's devices; on record",
      params: byId,
      answers: { 204: null },
      handle({ principal, params }) {
        services.push.remove(params.id, principal);
        return { status: 204 };
      },
    }),
    route({
      method: 'POST',
      path: '/api/push/devices/:id/test',
      role: 'viewer',
      limit: 'search',
      summary:
        "Sends a test to one of the caller's devices and says whether it was taken; on record",
      params: byId,
      answers: { 200: pushTestSchema },
      handle: async ({ principal, params }) => ({
        json: await services.push.test(params.id, principal),
      }),
    }),
  ];
}
