import { z } from 'zod';
import { actorOf } from '../../domain/principal.ts';
import type { UploadedImage } from '../../domain/uploaded-image.ts';
import { type Route, route } from '../http/route.ts';
import { enrolFields, enrolFromAlert, enrolOutcome, imageGrade } from '../schemas/person.ts';
import { id } from '../schemas/values.ts';
import type { RouteContext } from './context.ts';
import { personToChange } from './may-change.ts';
import { visibleIn } from './visible.ts';

const byId = z.object({ id });
const outcomesAnswer = z.object({ outcomes: z.array(enrolOutcome) });

/** Enrolment of images, uploaded or of an alert, and their quality beforehand. */
export function enrolmentRoutes({ services }: RouteContext): Route[] {
  const visible = visibleIn(services);
  return [
    route({
      method: 'POST',
      path: '/api/people/:id/images',
      role: 'admin',
      summary: 'Enrols images of a person; each is judged on its own',
      params: byId,
      upload: 'images',
      body: enrolFields,
      answers: { 200: outcomesAnswer },
      async handle({ principal, params, images, body }) {
        const person = await personToChange(services, params.id, principal);
        const chosen = withFaces(images, body.faces);
        const outcomes = await services.people.enrol(person.id, chosen, actorOf(principal));
        return { json: { outcomes } };
      },
    }),
    route({
      method: 'POST',
      path: '/api/people/:id/images/from-alert',
      role: 'admin',
      summary: 'Enrols a picture of an alert, as it was recorded',
      params: byId,
      body: enrolFromAlert,
      answers: { 200: outcomesAnswer },
      async handle({ principal, params, body }) {
        const person = await personToChange(services, params.id, principal);
        const { alertId, kind, face } = body;
        const bytes = await visible.picture(alertId, kind, principal);
        const image = {
          name: `${alertId}-${kind}.jpg`,
          bytes,
          ...(face === undefined ? {} : { face }),
        };
        const by = { ...actorOf(principal), detail: { alert: alertId, picture: kind } };
        return { json: { outcomes: await services.people.enrol(person.id, [image], by) } };
      },
    }),
    route({
      method: 'POST',
      path: '/api/quality',
      role: 'operator',
      summary: 'What images would be worth for enrolment; nothing is kept',
      upload: 'images',
      answers: { 200: z.object({ grades: z.array(imageGrade) }) },
      async handle({ principal, images }) {
        return { json: { grades: await services.people.grade(images, actorOf(principal)) } };
      },
    }),
  ];
}

/** The images with the numbers of the faces that are meant. */
function withFaces(
  images: readonly UploadedImage[],
  faces: string | undefined,
): readonly UploadedImage[] {
  const numbers = faces?.split(',').map(Number) ?? [];
  return images.map((image, at) => {
    const face = numbers[at] ?? 0;
    return face === 0 ? image : { ...image, face };
  });
}
