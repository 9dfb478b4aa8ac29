import { z } from 'zod';
import type { Principal } from '../access.ts';
import type { PersonView } from '../backend/people.ts';
import { type Route, route } from '../http/route.ts';
import { id } from '../schemas/values.ts';
import { enrolOutcome, personBody, personSchema } from '../schemas/watchlist.ts';
import { GatewayError } from '../wire-error.ts';
import type { RouteContext } from './context.ts';
import { maySeeWatchlist } from './watchlists.ts';

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

/** People of watchlists and their enrolled images. */
export function peopleRoutes({ backend, auditor }: RouteContext): Route[] {
  async function mayUseList(listId: string, principal: Principal): Promise<boolean> {
    const list = await backend.watchlists.get(listId);
    return list !== undefined && maySeeWatchlist(principal, list);
  }

  async function visiblePerson(personId: string, principal: Principal): Promise<PersonView> {
    const person = await backend.people.get(personId);
    if (person === undefined || !(await mayUseList(person.watchlistId, principal))) {
      throw new GatewayError('NOT_FOUND', `Cannot find the person ${personId}`);
    }
    return person;
  }

  return [
    route({
      method: 'GET',
      path: '/api/people',
      role: 'operator',
      summary: 'People on the watchlists, by id',
      query: peopleQuery,
      answers: { 200: peopleList },
      async handle({ principal, query }) {
        const lists = await backend.watchlists.list();
        const watchlistIds = lists
          .filter((list) => maySeeWatchlist(principal, list))
          .map((list) => list.id)
          .filter((listId) => query.watchlist === undefined || query.watchlist === listId);
        const { after, limit } = query;
        const people = await backend.people.list({
          watchlistIds,
          limit,
          ...(after === undefined ? {} : { after }),
        });
        const next = people.length === limit ? (people.at(-1)?.id ?? null) : null;
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
        return { json: await visiblePerson(params.id, principal) };
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
        if (!(await mayUseList(body.watchlistId, principal))) {
          throw new GatewayError('NOT_FOUND', `Cannot find the watchlist ${body.watchlistId}`);
        }
        await auditor.required({
          who: principal.name,
          what: 'person.created',
          target: body.watchlistId,
          detail: { name: body.name },
        });
        return { status: 201, json: await backend.people.create(body) };
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
        const person = await visiblePerson(params.id, principal);
        await auditor.required({
          who: principal.name,
          what: 'person.removed',
          target: person.id,
          detail: { name: person.name, watchlist: person.watchlistId },
        });
        await backend.people.remove(person.id);
        return { status: 204 };
      },
    }),
    route({
      method: 'POST',
      path: '/api/people/:id/images',
      role: 'admin',
      summary: 'Enrols images of a person; each is judged on its own',
      params: byId,
      upload: true,
      answers: { 200: z.object({ outcomes: z.array(enrolOutcome) }) },
      async handle({ principal, params, images }) {
        const person = await visiblePerson(params.id, principal);
        await auditor.required({
          who: principal.name,
          what: 'person.enrolled',
          target: person.id,
          detail: { images: images.length, watchlist: person.watchlistId },
        });
        return { json: { outcomes: await backend.people.enrol(person.id, images) } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/people/:id/images/:template',
      role: 'operator',
      summary: 'An enrolled picture',
      params: byImage,
      answers: { 200: 'image/jpeg' },
      async handle({ principal, params }) {
        const person = await visiblePerson(params.id, principal);
        const jpeg = await backend.people.image(person.id, params.template);
        if (jpeg === null) {
          throw new GatewayError('NOT_FOUND', `Cannot find the image ${params.template}`);
        }
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
        const person = await visiblePerson(params.id, principal);
        await auditor.required({
          who: principal.name,
          what: 'person.image_removed',
          target: person.id,
          detail: { template: params.template },
        });
        await backend.people.removeImage(person.id, params.template);
        return { status: 204 };
      },
    }),
  ];
}
