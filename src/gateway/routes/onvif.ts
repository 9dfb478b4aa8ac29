import { z } from 'zod';
import { actorOf } from '../../domain/principal.ts';
import { type Route, route } from '../http/route.ts';
import { deviceBody, deviceSchema, foundDeviceSchema } from '../schemas/onvif.ts';
import type { RouteContext } from './context.ts';
import { assertUnlimited } from './may-change.ts';

/** Cameras that are found on the network, and asked for their streams. */
export function onvifRoutes({ services }: RouteContext): Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/onvif/discover',
      role: 'admin',
      summary: 'Looks for ONVIF cameras on the networks of this machine; on record',
      answers: { 200: z.object({ devices: z.array(foundDeviceSchema) }) },
      async handle({ principal }) {
        assertUnlimited(principal, 'look for cameras');
        const devices = await services.onvif.discover(actorOf(principal));
        return {
          json: { devices: devices.map((one) => ({ ...one, cameras: [...one.cameras] })) },
        };
      },
    }),
    route({
      method: 'POST',
      path: '/api/onvif/describe',
      role: 'admin',
      summary:
        'Asks an ONVIF camera for its profiles and the addresses of their streams; on record',
      body: deviceBody,
      answers: { 200: deviceSchema },
      async handle({ principal, body }) {
        assertUnlimited(principal, 'ask cameras');
        const device = await services.onvif.describe(body, actorOf(principal));
        return { json: { ...device, profiles: [...device.profiles] } };
      },
    }),
  ];
}
