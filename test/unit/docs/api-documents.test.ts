import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { apiRoutes } from '../../../src/gateway/api-routes.ts';
import { asyncapiDocument } from '../../../src/gateway/documents/asyncapi.ts';
import { openapiDocument } from '../../../src/gateway/documents/openapi.ts';
import type { RouteContext } from '../../../src/gateway/routes/context.ts';
import { eventSchemas } from '../../../src/gateway/schemas/messages.ts';

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
}
interface OpenApi {
  readonly info: { version: string };
  readonly paths: Record<string, Record<string, Operation>>;
}

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const routes = apiRoutes({ version: '' } as RouteContext);
const openapi = openapiDocument(routes, '') as OpenApi;
const operations = Object.entries(openapi.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

/** The document without its version, which a release changes. */
function committed(name: string): { info: { version: string } } {
  const document = JSON.parse(read(`docs/${name}.json`));
  document.info.version = '';
  return document;
}

describe('docs/openapi.json', () => {
  it('is what the gateway serves: `npm run documents` writes it', () => {
    assert.deepEqual(committed('openapi'), JSON.parse(JSON.stringify(openapi)));
  });

  it('has an operation for each route and none more, each with a name of its own', () => {
    assert.equal(operations.length, routes.length);
    assert.equal(
      new Set(operations.map(({ operation }) => operation.operationId)).size,
      routes.length,
    );
    assert.ok(operations.every(({ operation }) => operation.summary.length > 0));
  });

  it('describes every parameter of a path, and no other', () => {
    for (const { path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const told = (operation.parameters ?? []).filter((each) => each.in === 'path');
      assert.deepEqual(
        told.map(({ name }) => name),
        inPath,
        path,
      );
    }
  });

  it('knows all that the server answers: routes are registered in one place alone', () => {
    const files = readdirSync(new URL('src/gateway/', root), { recursive: true })
      .map((file) => `src/gateway/${file}`)
      .filter((file) => file.endsWith('.ts'));
    const registering = files.filter((file) =>
      /\b(app|server)\.(route|get|post|put|patch|delete|all)\(/.test(read(file)),
    );
    assert.deepEqual(registering.sort(), [
      // The page that says how to build the dashboard.
      'src/gateway/http/dashboard.ts',
      'src/gateway/http/register-route.ts',
    ]);
  });
});

describe('docs/asyncapi.json', () => {
  const asyncapi = JSON.parse(JSON.stringify(asyncapiDocument('')));

  it('is what the gateway serves: `npm run documents` writes it', () => {
    assert.deepEqual(committed('asyncapi'), asyncapi);
  });

  it('names every message of the channel in an operation, and none more', () => {
    const { channels, operations: all } = asyncapi;
    for (const channel of ['events', 'preview', 'coded']) {
      const used = Object.values(all as Record<string, { channel: object; messages: object[] }>)
        .filter((each) => (each.channel as { $ref: string }).$ref === `#/channels/${channel}`)
        .flatMap(({ messages }) => messages as { $ref: string }[])
        .map(({ $ref }) => $ref.split('/').at(-1));
      assert.deepEqual(used.sort(), Object.keys(channels[channel].messages).sort(), channel);
    }
  });

  it('describes every event that a topic brings', () => {
    const types = Object.values(asyncapi.channels.events.messages).map(
      (message) =>
        (message as { payload: { properties: { type: { const: string } } } }).payload.properties
          .type.const,
    );
    for (const schema of Object.values(eventSchemas)) {
      assert.ok(types.includes(schema.shape.type.value), schema.shape.type.value);
    }
  });
});
