import { z } from 'zod';
import { noiseProfile } from '../../domain/bounds.ts';
import { actorOf } from '../../domain/principal.ts';
import { GatewayError } from '../contract/wire-error.ts';
import { type Route, route } from '../http/route.ts';
import {
  noiseProfileSchema,
  profileReportSchema,
  profileSwitch,
} from '../schemas/noise-profile.ts';
import { id } from '../schemas/values.ts';
import type { RouteContext } from './context.ts';
import { assertMayChangeCamera } from './may-change.ts';
import { visibleIn } from './visible.ts';

const kept = z.object({ id, at: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER) });

/** The noise of a camera, and the switch of its measurement. */
export function noiseProfileRoutes({ services }: RouteContext): Route[] {
  const visible = visibleIn(services);
  return [
    route({
      method: 'GET',
      path: '/api/cameras/:id/profile',
      role: 'operator',
      summary: "The last profiles of a camera's noise, and how far a measurement is",
      params: z.object({ id }),
      answers: { 200: profileReportSchema },
      async handle({ principal, params }) {
        const camera = await visible.camera(params.id, principal);
        return { json: services.profiles.report(camera.id) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/cameras/:id/profile',
      role: 'admin',
      summary: "Measures a camera's noise, one camera at a time, or ends the measurement",
      params: z.object({ id }),
      body: profileSwitch,
      answers: { 204: null },
      async handle({ principal, params, body }) {
        const camera = await visible.camera(params.id, principal);
        assertMayChangeCamera(principal, camera.id);
        const { file = null, running, seconds = noiseProfile.seconds.default } = body;
        if (file !== null && principal.cameras !== '*') {
          throw new GatewayError(
            'FORBIDDEN',
            'Cannot measure footage: the token is limited to some cameras',
          );
        }
        const by = actorOf(principal);
        if (running) services.profiles.start({ cameraId: camera.id, seconds, file }, by);
        else await services.profiles.stop(camera.id, by);
        return { status: 204 };
      },
    }),
    route({
      method: 'GET',
      path: '/api/cameras/:id/profile/:at',
      role: 'operator',
      summary: "One profile of a camera's noise, as `training.adapt` takes it",
      params: kept,
      answers: { 200: noiseProfileSchema },
      async handle({ principal, params }) {
        const camera = await visible.camera(params.id, principal);
        const profile = services.profiles.find(camera.id, params.at);
        if (profile === undefined) throw missing();
        return { json: profile };
      },
    }),
    route({
      method: 'GET',
      path: '/api/cameras/:id/profile/:at/pattern',
      role: 'operator',
      summary: 'The fixed pattern of a profile as a picture; the scene is not in it',
      params: kept,
      answers: { 200: 'image/jpeg' },
      async handle({ principal, params }) {
        const camera = await visible.camera(params.id, principal);
        const jpeg = services.profiles.pattern(camera.id, params.at);
        if (jpeg === null) throw missing();
        return { jpeg };
      },
    }),
  ];
}

function missing(): GatewayError {
  return new GatewayError('NOT_FOUND', 'Cannot find the profile');
}
