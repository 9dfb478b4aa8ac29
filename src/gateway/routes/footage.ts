import { z } from 'zod';
import { type FootageAction, type FootageSighting, footageActions } from '../../domain/footage.ts';
import { actorOf, maySeeWatchlistId, type Principal } from '../../domain/principal.ts';
import { GatewayError } from '../contract/wire-error.ts';
import { type Route, route } from '../http/route.ts';
import {
  footageBody,
  footageFolderQuery,
  footageFolderSchema,
  footageJobDetailSchema,
  footageJobSchema,
  footagePictureKind,
  footageSightingsQuery,
  footageSightingsSchema,
} from '../schemas/footage.ts';
import { id } from '../schemas/values.ts';
import type { RouteContext } from './context.ts';
import { maySeeSearch, visibleSearch } from './visible-search.ts';

const byId = z.object({ id });

/** Who may see only some cameras sees no footage: it may be of any. @throws GatewayError `FORBIDDEN` */
function assertAllCameras(principal: Principal): void {
  if (principal.cameras === '*') return;
  throw new GatewayError(
    'FORBIDDEN',
    'Cannot search footage: the token is limited to some cameras',
  );
}

/** Searches of recorded footage, and what they found. */
export function footageRoutes(context: RouteContext): Route[] {
  return [...jobRoutes(context), ...actionRoutes(context), ...sightingRoutes(context)];
}

function jobRoutes(context: RouteContext): Route[] {
  const { services } = context;
  return [
    route({
      method: 'GET',
      path: '/api/footage',
      role: 'operator',
      summary: 'Searches of recorded footage, the newest first, and where footage may be searched',
      answers: {
        200: z.object({
          roots: z.array(z.string()).readonly(),
          jobs: z.array(footageJobSchema),
        }),
      },
      async handle({ principal }) {
        const jobs = (await services.footage.list()).filter((job) => maySeeSearch(principal, job));
        return { json: { roots: principal.cameras === '*' ? services.footage.roots() : [], jobs } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/footage/folder',
      role: 'reviewer',
      limit: 'folder',
      summary: 'Folders and video files where footage may be searched',
      query: footageFolderQuery,
      answers: { 200: footageFolderSchema },
      async handle({ principal, query }) {
        assertAllCameras(principal);
        return { json: await services.footage.browse(query.path) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/footage/jobs',
      role: 'reviewer',
      limit: 'search',
      summary: 'Asks for a search of recorded footage; recorded with the reason',
      body: footageBody,
      answers: { 201: footageJobSchema },
      async handle({ principal, body }) {
        assertAllCameras(principal);
        for (const listId of body.lists) {
          const isKnown = (await services.watchlists.get(listId)) !== undefined;
          if (isKnown && maySeeWatchlistId(principal, listId)) continue;
          throw new GatewayError('NOT_FOUND', `Cannot find the watchlist ${listId}`, {
            hidden: isKnown,
          });
        }
        return { status: 201, json: await services.footage.ask(body, actorOf(principal)) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/footage/jobs/:id',
      role: 'operator',
      summary: 'A search of recorded footage with its files and how far it is',
      params: byId,
      answers: { 200: footageJobDetailSchema },
      async handle({ principal, params }) {
        return { json: await visibleSearch(context.services, params.id, principal) };
      },
    }),
  ];
}

const summaries: Readonly<Record<FootageAction, string>> = {
  authorise: 'A second person allows a search whose list asks for two',
  refuse: 'A second person refuses such a search',
  pause: 'Lets a search rest',
  resume: 'Goes on with a search that rests, or that failed',
  cancel: 'Ends a search; what it found stays',
};

function actionRoutes(context: RouteContext): Route[] {
  return footageActions.map((action) =>
    route({
      method: 'POST',
      path: `/api/footage/jobs/:id/${action}`,
      role: 'reviewer',
      summary: summaries[action],
      params: byId,
      answers: { 200: footageJobSchema },
      async handle({ principal, params }) {
        const { id: jobId } = await visibleSearch(context.services, params.id, principal);
        return { json: await context.services.footage.change(jobId, action, actorOf(principal)) };
      },
    }),
  );
}

function sightingRoutes(context: RouteContext): Route[] {
  const { auditor, services } = context;
  return [
    route({
      method: 'GET',
      path: '/api/footage/jobs/:id/sightings',
      role: 'operator',
      summary: 'People of the lists whom a search found, in the order of the files and their time',
      params: byId,
      query: footageSightingsQuery,
      answers: { 200: footageSightingsSchema },
      async handle({ principal, params, query }) {
        const { id: jobId } = await visibleSearch(context.services, params.id, principal);
        await auditor.viewed(principal.name, jobId, 'footage.viewed');
        const { after, limit } = query;
        const sightings = await services.footage.sightings(jobId, placeOf(after), limit);
        const last = sightings.length === limit ? sightings.at(-1) : undefined;
        return { json: { sightings, next: last === undefined ? null : textOf(last) } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/footage/sightings/:id/pictures/:kind',
      role: 'operator',
      summary: 'A picture of a sighting: the face, enhanced, and as it was enrolled',
      params: z.object({ id, kind: footagePictureKind }),
      answers: { 200: 'image/jpeg' },
      async handle({ principal, params }) {
        const found = await services.footage.sighting(params.id);
        if (found === undefined) throw noPicture(params);
        const { id: jobId } = await visibleSearch(context.services, found.jobId, principal);
        const jpeg = await services.footage.picture(params.id, params.kind);
        if (jpeg === null) throw noPicture(params);
        await auditor.viewed(principal.name, jobId, 'footage.viewed');
        return { jpeg };
      },
    }),
    route({
      method: 'GET',
      path: '/api/footage/sightings/:id/clip',
      role: 'reviewer',
      limit: 'search',
      summary: 'The seconds around a sighting as they were recorded, MP4; they show all in view',
      params: byId,
      answers: { 200: 'video/mp4', 206: 'video/mp4' },
      async handle({ principal, params }) {
        const found = await services.footage.sighting(params.id);
        if (found === undefined) {
          throw new GatewayError('NOT_FOUND', `There is no sighting ${params.id}`);
        }
        const { id: jobId } = await visibleSearch(context.services, found.jobId, principal);
        await auditor.required({
          ...{ who: principal.name, what: 'footage.viewed', target: jobId },
          detail: { clip: params.id },
        });
        const clip = await services.footage.clip(params.id);
        const read = (from: number, until: number) => [clip.subarray(from, until)];
        return { file: { bytes: clip.byteLength, read }, contentType: 'video/mp4' };
      },
    }),
  ];
}

function noPicture({ id: sightingId, kind }: { id: string; kind: string }): GatewayError {
  return new GatewayError('NOT_FOUND', `The sighting ${sightingId} has no picture "${kind}"`);
}

function placeOf(after: string | undefined) {
  if (after === undefined) return null;
  const [file = '0', at = '0', sighting = ''] = after.split(':');
  return { file: Number(file), at: Number(at), id: sighting };
}

function textOf({ file, at, id: sighting }: FootageSighting): string {
  return `${file}:${at}:${sighting}`;
}
