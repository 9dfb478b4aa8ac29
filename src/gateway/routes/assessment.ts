import { z } from 'zod';
import { assessmentMinutes } from '../../domain/bounds.ts';
import { actorOf } from '../../domain/principal.ts';
import { type Route, route } from '../http/route.ts';
import { assessmentSchema, assessmentSwitch } from '../schemas/assessment.ts';
import { id } from '../schemas/values.ts';
import type { RouteContext } from './context.ts';
import { assertMayChangeCamera } from './may-change.ts';
import { visibleIn } from './visible.ts';

/** Whether a camera is good enough for faces, and the switch of the gathering. */
export function assessmentRoutes({ services }: RouteContext): Route[] {
  const visible = visibleIn(services);
  return [
    route({
      method: 'GET',
      path: '/api/cameras/:id/assessment',
      role: 'operator',
      summary: 'Whether the pictures of a camera are good enough for faces, and what to change',
      params: z.object({ id }),
      answers: { 200: assessmentSchema },
      async handle({ principal, params }) {
        const camera = await visible.camera(params.id, principal);
        return { json: services.assessments.report(camera.id) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/cameras/:id/assessment',
      role: 'admin',
      summary: 'Starts an assessment of a camera from nothing, or ends it early',
      params: z.object({ id }),
      body: assessmentSwitch,
      answers: { 204: null },
      async handle({ principal, params, body }) {
        const camera = await visible.camera(params.id, principal);
        assertMayChangeCamera(principal, camera.id);
        const { running, minutes = assessmentMinutes.default } = body;
        const by = actorOf(principal);
        if (running) services.assessments.start(camera.id, minutes, by);
        else services.assessments.stop(camera.id, by);
        return { status: 204 };
      },
    }),
  ];
}
