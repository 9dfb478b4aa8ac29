import { z } from 'zod';
import { type Route, route } from '../http/route.ts';
import { handOverBody, handOverList, handOverSchema, shiftSummary } from '../schemas/hand-over.ts';
import type { RouteContext } from './context.ts';
import { assertUnlimited } from './may-change.ts';

const byNumber = z.object({ id: z.coerce.number().int().min(1) });
const listQuery = z.strictObject({
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/**
 * Hand-overs of shifts. There is one shift for the whole site, so only who may see all of it signs
 * and reads what was signed; everybody else has the summary of what they may see.
 */
export function handOverRoutes({ services, auditor }: RouteContext): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/hand-overs/summary',
      role: 'operator',
      summary: 'What a shift hands on now: undecided alerts, notes and outages of cameras',
      answers: { 200: shiftSummary },
      async handle({ principal }) {
        const summary = await services.handOvers.summary(principal);
        await auditor.viewed(principal.name, '', 'alerts.listed');
        return { json: summary };
      },
    }),
    route({
      method: 'GET',
      path: '/api/hand-overs',
      role: 'operator',
      summary: 'Hand-overs of shifts, newest first',
      query: listQuery,
      answers: { 200: handOverList },
      handle({ principal, query: { before, limit } }) {
        assertUnlimited(principal, 'list hand-overs');
        const handOvers = services.handOvers.list(before, limit);
        const next = handOvers.length === limit ? (handOvers.at(-1)?.id ?? null) : null;
        return { json: { handOvers, next } };
      },
    }),
    route({
      method: 'POST',
      path: '/api/hand-overs',
      role: 'operator',
      summary: 'The shift that leaves signs',
      body: handOverBody,
      answers: { 201: handOverSchema },
      async handle({ principal, body }) {
        assertUnlimited(principal, 'hand the shift over');
        const given = await services.handOvers.give(principal, body.note);
        return { status: 201, json: given };
      },
    }),
    route({
      method: 'POST',
      path: '/api/hand-overs/:id/take',
      role: 'operator',
      summary: 'The shift that comes signs; somebody else than the one who left',
      params: byNumber,
      answers: { 200: handOverSchema },
      handle({ principal, params }) {
        assertUnlimited(principal, 'take the shift over');
        return { json: services.handOvers.take(params.id, principal) };
      },
    }),
  ];
}
