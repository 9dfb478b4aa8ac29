import { z } from 'zod';
import { actorOf } from '../../domain/principal.ts';
import { GatewayError } from '../contract/wire-error.ts';
import { type Route, route } from '../http/route.ts';
import { personBody, personPatch, personSchema } from '../schemas/person.ts';
import { id } from '../schemas/values.ts';
import type { RouteContext } from './context.ts';
import { assertMayChangeListOf, personToChange } from './may-change.ts';
import { maySeeWatchlist, visibleIn } from './visible.ts';

const byId = z.object({ id });
const peopleQuery = z.strictObject({
  watchlist: id.optional(),
  after: id.optional().describe('Person id: the page starts after it'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
const peopleList = z.object({
  people: z.array(personSchema),
  next: z.string().nullable().describe('`after` of the next page'),
});
const byImage = z.object({ id, template: id });

/** People of watchlists. */
export function peopleRoutes({ services, auditor }: RouteContext): Route[] {
  const visible = visibleIn(services);
  return [
    route({
      method: 'GET',
      path: '/api/people',
      role: 'operator',
      summary: 'People on the watchlists, by id',
      query: peopleQuery,
      answers: { 200: peopleList },
      async handle({ principal, query }) {
        const watchlistIds = (await services.watchlists.list())
          .filter((list) => maySeeWatchlist(principal, list))
          .map((list) => list.id)
          .filter((listId) => query.watchlist === undefined || query.watchlist === listId);
        const { after = '', limit } = query;
        const people = await services.people.list({ watchlistIds, limit, after });
        const next = people.length === limit ? (people.at(-1)?.id ?? null) : null;
        await auditor.viewed(principal.name, query.watchlist ?? '', 'people.listed');
        return { json: { people, next } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/people/:id',
      role: 'operator',
      summary: 'A person',
      params: byId,
      answers: { 200: personSchema },
      async handle({ principal, params }) {
        const person = await visible.person(params.id, principal);
        await auditor.viewed(principal.name, person.id, 'person.viewed');
        return { json: person };
      },
    }),
    route({
      method: 'POST',
      path: '/api/people',
      role: 'admin',
      summary: 'A new person on a watchlist, without images yet',
      body: personBody,
      answers: { 201: personSchema },
      async handle({ principal, body }) {
        await visible.list(body.watchlistId, principal);
        await assertMayChangeListOf(services, principal, body);
        return { status: 201, json: await services.people.create(body, actorOf(principal)) };
      },
    }),
    route({
      method: 'PATCH',
      path: '/api/people/:id',
      role: 'admin',
      summary: "Changes a person's name or note",
      params: byId,
      body: personPatch,
      answers: { 200: personSchema },
      async handle({ principal, params, body }) {
        const person = await personToChange(services, params.id, principal);
        // zod leaves out what was not sent, so no key holds undefined.
        const changes = body as { name?: string; note?: string };
        return { json: await services.people.update(person.id, changes, actorOf(principal)) };
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/people/:id',
      role: 'admin',
      summary: 'Removes a person with all images and templates',
      params: byId,
      answers: { 204: null },
      async handle({ principal, params }) {
        const person = await personToChange(services, params.id, principal);
        await services.people.remove(person.id, actorOf(principal));
        return { status: 204 };
      },
    }),
  ];
}

/** Enrolled pictures of a person: look, remove. */
export function personImageRoutes({ services, auditor }: RouteContext): Route[] {
  const visible = visibleIn(services);
  return [
    route({
      method: 'GET',
      path: '/api/people/:id/images/:template',
      role: 'operator',
      summary: 'An enrolled picture',
      params: byImage,
      answers: { 200: 'image/jpeg' },
      async handle({ principal, params }) {
        const person = await visible.person(params.id, principal);
        const jpeg = await services.people.image(person.id, params.template);
        if (jpeg === null) {
          throw new GatewayError('NOT_FOUND', `Cannot find the image ${params.template}`);
        }
        await auditor.viewed(principal.name, person.id, 'person.viewed');
        return { jpeg };
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/people/:id/images/:template',
      role: 'admin',
      summary: 'Removes an enrolled image and its template',
      params: byImage,
      answers: { 204: null },
      async handle({ principal, params }) {
        const person = await personToChange(services, params.id, principal);
        if (!person.images.some(({ templateId }) => templateId === params.template)) {
          throw new GatewayError('NOT_FOUND', `Cannot remove the image ${params.template}`);
        }
        await services.people.removeImage(person.id, params.template, actorOf(principal));
        return { status: 204 };
      },
    }),
  ];
}
