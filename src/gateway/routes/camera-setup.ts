import { z } from 'zod';
import { actorOf, maySeeCamera, type Principal } from '../../domain/principal.ts';
import type {
  CameraSetupView,
  CameraTestReport,
} from '../../services/cameras/camera-setup-service.ts';
import { GatewayError } from '../contract/wire-error.ts';
import { type Route, route } from '../http/route.ts';
import {
  cameraChangeBody,
  cameraSetupSchema,
  cameraTestBody,
  cameraTestSchema,
  newCameraBody,
} from '../schemas/camera-setup.ts';
import { id } from '../schemas/values.ts';
import type { RouteContext } from './context.ts';
import { assertMayChangeCamera } from './may-change.ts';

const byId = z.object({ id });

/** Cameras to be set up: those of the file to look at, others to add, change, pause and remove. */
export function cameraSetupRoutes(context: RouteContext): Route[] {
  const { services } = context;
  const pausing = (paused: boolean): Route =>
    route({
      method: 'POST',
      path: `/api/cameras/:id/${paused ? 'pause' : 'resume'}`,
      role: 'admin',
      summary: paused ? 'Stops an added camera until it is resumed' : 'Lets a paused camera run',
      params: byId,
      answers: { 200: cameraSetupSchema },
      async handle({ principal, params }) {
        await visibleSetup(context, params.id, principal);
        return { json: await services.cameraSetup.pause(params.id, paused, actorOf(principal)) };
      },
    });
  return [
    route({
      method: 'GET',
      path: '/api/camera-setups',
      role: 'admin',
      summary: 'Settings of all cameras, of the file and added ones, without credentials',
      answers: { 200: z.object({ cameras: z.array(cameraSetupSchema) }) },
      async handle({ principal }) {
        const cameras = await services.cameraSetup.list();
        return { json: { cameras: cameras.filter(({ id }) => maySeeCamera(principal, id)) } };
      },
    }),
    route({
      method: 'POST',
      path: '/api/cameras',
      role: 'admin',
      summary: 'Adds a camera, which runs at once',
      body: newCameraBody,
      answers: { 201: cameraSetupSchema },
      async handle({ principal, body }) {
        assertMayChangeCamera(principal, body.id);
        const camera = await services.cameraSetup.create(body, actorOf(principal));
        return { status: 201, json: camera };
      },
    }),
    route({
      method: 'PATCH',
      path: '/api/cameras/:id',
      role: 'admin',
      summary: 'Changes an added camera; one of the file is refused with 409',
      params: byId,
      body: cameraChangeBody,
      answers: { 200: cameraSetupSchema },
      async handle({ principal, params, body }) {
        await visibleSetup(context, params.id, principal);
        return { json: await services.cameraSetup.update(params.id, body, actorOf(principal)) };
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/cameras/:id',
      role: 'admin',
      summary: 'Removes an added camera with its login',
      params: byId,
      answers: { 204: null },
      async handle({ principal, params }) {
        await visibleSetup(context, params.id, principal);
        await services.cameraSetup.remove(params.id, actorOf(principal));
        return { status: 204 };
      },
    }),
    pausing(true),
    pausing(false),
    ...cameraTestRoutes(context),
  ];
}

function cameraTestRoutes(context: RouteContext): Route[] {
  const { services } = context;
  return [
    route({
      method: 'POST',
      path: '/api/camera-tests',
      role: 'admin',
      summary: 'Opens a camera with settings that are not stored, for a picture; on record',
      body: cameraTestBody,
      answers: { 200: cameraTestSchema },
      async handle({ principal, body }) {
        assertMayChangeCamera(principal, body.id);
        return { json: onWire(await services.cameraSetup.test(body, actorOf(principal))) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/cameras/:id/test',
      role: 'admin',
      summary: 'Opens a camera once more as it is set up, for a picture; on record',
      params: byId,
      answers: { 200: cameraTestSchema },
      async handle({ principal, params }) {
        await visibleSetup(context, params.id, principal);
        const report = await services.cameraSetup.test({ id: params.id }, actorOf(principal));
        return { json: onWire(report) };
      },
    }),
  ];
}

/** @throws GatewayError `NOT_FOUND` */
async function visibleSetup(
  { services }: RouteContext,
  id: string,
  principal: Principal,
): Promise<CameraSetupView> {
  const found = await services.cameraSetup.get(id);
  if (found !== undefined && maySeeCamera(principal, id)) return found;
  throw new GatewayError('NOT_FOUND', `Cannot find the camera ${id}`, {
    hidden: found !== undefined,
  });
}

function onWire({ picture, ...report }: CameraTestReport): z.input<typeof cameraTestSchema> {
  return {
    ...report,
    video: report.video ?? null,
    faces: report.faces === null ? null : [...report.faces],
    picture: picture && {
      ...picture,
      jpeg: Buffer.from(
        picture.jpeg.buffer,
        picture.jpeg.byteOffset,
        picture.jpeg.byteLength,
      ).toString('base64'),
    },
  };
}
