/**
 * Writes docs/openapi.json and docs/asyncapi.json as the gateway serves them, the schema of acceptance reports, and the
 * rules of Prometheus into the Helm chart; tests hold them equal to the code and to config/prometheus.
 */
import { copyFileSync, writeFileSync } from 'node:fs';
import { version } from '../src/app/version.ts';
import { apiRoutes } from '../src/gateway/api-routes.ts';
import { asyncapiDocument } from '../src/gateway/documents/asyncapi.ts';
import { openapiDocument } from '../src/gateway/documents/openapi.ts';
import type { RouteContext } from '../src/gateway/routes/context.ts';
import { acceptanceSchemaText } from '../src/services/acceptance/report/acceptance-document.ts';

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

writeFileSync(new URL('../docs/acceptance.schema.json', import.meta.url), acceptanceSchemaText());

// Helm reads no file outside its chart.
for (const name of ['alerts.yml', 'recording.yml']) {
  copyFileSync(
    new URL(`../config/prometheus/${name}`, import.meta.url),
    new URL(`../deploy/helm/nightglass/files/${name}`, import.meta.url),
  );
}
