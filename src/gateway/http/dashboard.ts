import { existsSync, readFileSync } from 'node:fs';
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
  serveVerifier(app, join(webRoot, 'verify-case.html'));
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

/**
 * The page that verifies a case: one file, which works from a disk as well. Its script stands in it,
 * so it brings the policy that allows this script by its hash and reaches nothing, this server
 * included.
 */
function serveVerifier(app: FastifyInstance, file: string): void {
  if (!existsSync(file)) return;
  const page = readFileSync(file, 'utf8');
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1];
  if (policy === undefined)
    throw new TypeError(`Cannot serve ${file}: it has no policy of contents`);
  app.get('/verify-case.html', (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      // What a page cannot say of itself.
      .header('content-security-policy', `${policy}; frame-ancestors 'none'`)
      .send(page),
  );
}
