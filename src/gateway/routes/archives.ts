import { z } from 'zod';
import { actorOf } from '../../domain/principal.ts';
import { GatewayError } from '../contract/wire-error.ts';
import { type Route, route } from '../http/route.ts';
import { importSchema, importStarted } from '../schemas/import.ts';
import { id } from '../schemas/values.ts';
import type { RouteContext } from './context.ts';
import { assertMayChange } from './may-change.ts';
import { visibleIn } from './visible.ts';

/** Watchlists as archives: import with progress and report, export. */
export function archiveRoutes({ services }: RouteContext): Route[] {
  const visible = visibleIn(services);
  return [
    route({
      method: 'POST',
      path: '/api/watchlists/:id/import',
      role: 'admin',
      summary: 'Enrols pictures of a zip archive, in folders named by person, in the background',
      params: z.object({ id }),
      upload: 'archive',
      answers: { 202: importStarted },
      async admit({ principal, params }) {
        assertMayChange(principal, await visible.list(params.id, principal));
        return services.archives.receive();
      },
      async handle({ principal, params, archive }) {
        const bytes = archive?.bytes ?? new Uint8Array();
        const job = await services.archives.import(params.id, bytes, actorOf(principal));
        return { status: 202, json: { job: job.id, total: job.total } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/imports/:job',
      role: 'admin',
      summary: 'How far an import has come, and what became of each file',
      params: z.object({ job: id }),
      answers: { 200: importSchema },
      async handle({ principal, params }) {
        const job = await services.archives.job(params.job);
        if (job === undefined) {
          throw new GatewayError('NOT_FOUND', `Cannot find the import ${params.job}`);
        }
        await visible.list(job.watchlistId, principal);
        return { json: job };
      },
    }),
    route({
      method: 'GET',
      path: '/api/watchlists/:id/export',
      role: 'admin',
      summary: 'A watchlist as a zip archive: list.json and people/<name>/<n>.jpg',
      params: z.object({ id }),
      answers: { 200: 'application/zip' },
      async handle({ principal, params }) {
        const list = await visible.list(params.id, principal);
        return {
          stream: await services.archives.export(list.id, actorOf(principal)),
          contentType: 'application/zip',
          fileName: `watchlist-${list.id}.zip`,
        };
      },
    }),
  ];
}
