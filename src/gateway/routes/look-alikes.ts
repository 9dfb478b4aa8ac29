import { z } from 'zod';
import { actorOf } from '../../domain/principal.ts';
import { type Route, route } from '../http/route.ts';
import { lookAlikeSchema } from '../schemas/person.ts';
import { id } from '../schemas/values.ts';
import type { RouteContext } from './context.ts';
import { assertMayChangeListOf, personToChange } from './may-change.ts';
import { visibleIn } from './visible.ts';

/** "Not this person": faces of dismissed alerts that raise the threshold of the person for such. */
export function lookAlikeRoutes({ services }: RouteContext): Route[] {
  const visible = visibleIn(services);
  return [
    route({
      method: 'POST',
      path: '/api/alerts/:id/look-alike',
      role: 'reviewer',
      summary: 'Not this person: the face of a dismissed alert alerts on them no more at its score',
      params: z.object({ id }),
      answers: { 201: lookAlikeSchema },
      async handle({ principal, params }) {
        const { alert } = await visible.alert(params.id, principal);
        await assertMayChangeListOf(services, principal, alert);
        const added = await services.lookAlikes.add(alert.id, actorOf(principal));
        return { status: 201, json: added };
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/people/:id/look-alikes/:lookAlike',
      role: 'reviewer',
      summary: 'Removes a look-alike: a face like it alerts again like any other',
      params: z.object({ id, lookAlike: id }),
      answers: { 204: null },
      async handle({ principal, params }) {
        const person = await personToChange(services, params.id, principal);
        await services.lookAlikes.remove(person.id, params.lookAlike, actorOf(principal));
        return { status: 204 };
      },
    }),
  ];
}
