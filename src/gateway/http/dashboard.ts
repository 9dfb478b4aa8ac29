import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const notBuilt =
  'The dashboard is not built: run `npm run build:web`. The API is at /openapi.json.\n';

/** Serves the built dashboard from `webRoot`; without one, says how to build it. */
export async function serveDashboard(
  app: FastifyInstance,
  webRoot: string | undefined,
): Promise<void> {
  if (webRoot === undefined || !existsSync(join(webRoot, 'index.html'))) {
    app.get('/', (_request, reply) =>
      reply.code(404).type('text/plain; charset=utf-8').send(notBuilt),
    );
    return;
  }
  await app.register(fastifyStatic, {
    root: webRoot,
    dotfiles: 'ignore',
    // Vite puts a hash into the name of each asset, so only those may be kept.
    cacheControl: false,
    setHeaders(response, path) {
      if (path.includes('/assets/')) {
        response.header('cache-control', 'public, max-age=31536000, immutable');
      }
    },
  });
}
