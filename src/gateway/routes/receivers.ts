import { z } from 'zod';
import { actorOf } from '../../domain/principal.ts';
import { type Route, route } from '../http/route.ts';
import {
  deadLetterSchema,
  deadQuery,
  receiverSchema,
  receiverTestSchema,
  resendBody,
} from '../schemas/receiver.ts';
import { id } from '../schemas/values.ts';
import type { RouteContext } from './context.ts';
import { assertUnlimited } from './may-change.ts';

const byId = z.object({ id });
const what = 'look after receivers';

/** Receivers outside: how they fare, tests, dead letters. They are set up in the configuration. */
export function receiverRoutes({ services }: RouteContext): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/receivers',
      role: 'admin',
      summary: 'Receivers outside, what they are sent, and how they fare',
      answers: { 200: z.object({ receivers: z.array(receiverSchema) }) },
      handle({ principal }) {
        assertUnlimited(principal, what);
        return { json: { receivers: services.receivers.list() } };
      },
    }),
    route({
      method: 'POST',
      path: '/api/receivers/:id/test',
      role: 'admin',
      summary: 'Sends a test and says whether it was taken; on record',
      params: byId,
      answers: { 200: receiverTestSchema },
      async handle({ principal, params }) {
        assertUnlimited(principal, what);
        return { json: await services.receivers.test(params.id, actorOf(principal)) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/receivers/:id/dead',
      role: 'admin',
      summary: 'Dead letters: deliveries that were given up, oldest first',
      params: byId,
      query: deadQuery,
      answers: {
        200: z.object({
          dead: z.array(deadLetterSchema),
          next: z.number().nullable().describe('`after` of the next page; null on the last'),
        }),
      },
      handle({ principal, params, query }) {
        assertUnlimited(principal, what);
        const { after, limit } = query;
        const found = services.receivers.dead(params.id, after, limit + 1);
        const dead = found.slice(0, limit).map((letter) => {
          const { number, kind, alertId, createdAt, deadAt, attempts, reason } = letter;
          return { number, kind, alertId, createdAt, deadAt, attempts, reason };
        });
        const next = found.length > limit ? (dead.at(-1)?.number ?? null) : null;
        return { json: { dead, next } };
      },
    }),
    route({
      method: 'POST',
      path: '/api/receivers/:id/resend',
      role: 'admin',
      summary:
        'Sends dead letters again, in their order and before all that still waits; on record',
      params: byId,
      body: resendBody,
      answers: { 200: z.object({ resent: z.number().describe('How many there were') }) },
      handle({ principal, params, body }) {
        assertUnlimited(principal, what);
        const resent = services.receivers.resend(params.id, body.numbers, actorOf(principal));
        return { json: { resent } };
      },
    }),
  ];
}
