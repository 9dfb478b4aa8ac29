/** Writes docs/openapi.json and docs/asyncapi.json as the gateway serves them; a test holds both equal to the code. */
import { writeFileSync } from 'node:fs';
import { apiRoutes } from '../src/gateway/api-routes.ts';
import { asyncapiDocument } from '../src/gateway/asyncapi.ts';
import { openapiDocument } from '../src/gateway/openapi.ts';
import type { RouteContext } from '../src/gateway/routes/context.ts';
import { version } from '../src/version.ts';

// Nothing is asked: of the context only the version is read.
const routes = apiRoutes({ version } as RouteContext);
const documents = {
  openapi: openapiDocument(routes, version),
  asyncapi: asyncapiDocument(version),
};
for (const [name, document] of Object.entries(documents)) {
  const file = new URL(`../docs/${name}.json`, import.meta.url);
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
}
