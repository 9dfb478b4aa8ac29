import { z } from 'zod';
import { sessionCookieNameOf } from '../access/session-cookie.ts';
import type { Route } from '../http/route.ts';
import { errorBody } from '../schemas/values.ts';

/**
 * The OpenAPI 3.1 document of the routes, made from their schemas.
 * @param prefix path that a browser sees the gateway below
 */
export function openapiDocument(routes: readonly Route[], version: string, prefix = ''): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] ??= {};
    paths[path][route.method.toLowerCase()] = operation(route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Nightglass',
      version,
      description: 'Watchlist alerts from live cameras. See docs/api.md.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    ...(prefix === '' ? {} : { servers: [{ url: prefix }] }),
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: sessionCookieNameOf(prefix) },
      },
      schemas: { Error: schemaOf(errorBody, 'output') },
    },
  };
}

function operation(route: Route): object {
  const parameters = [
    ...parametersOf(route.params, 'path'),
    ...parametersOf(route.query, 'query'),
    ...(route.role !== null && route.method !== 'GET' ? [csrfParameter] : []),
  ];
  const responses: Record<string, object> = {};
  for (const [status, answer] of Object.entries(route.answers)) {
    responses[status] = {
      description: Number(status) < 400 ? 'Fine' : 'Not now',
      ...content(answer),
    };
  }
  responses.default = {
    description: 'A failure',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
  };
  const body = requestBody(route);
  const known = [{ token: [] }, { session: [] }];
  return {
    operationId: operationId(route),
    tags: [tagOf(route)],
    summary: route.summary,
    ...(route.role === null
      ? { security: [{}, ...known] }
      : { security: known, 'x-role': route.role }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body === undefined ? {} : { requestBody: body }),
    responses,
  };
}

const csrfParameter = {
  name: 'x-csrf-token',
  in: 'header',
  required: false,
  description: 'Needed with a session cookie: `csrf` of `GET /api/session`',
  schema: { type: 'string' },
};

/** `getApiAlertsId` */
function operationId({ method, path }: Route): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
  return method.toLowerCase() + words.map(capital).join('');
}

/** What the route is about: its first word below `/api`. */
function tagOf({ path }: Route): string {
  return /^\/api\/([^/]+)/.exec(path)?.[1] ?? 'service';
}

function content(answer: z.ZodType | string | null): object {
  if (answer === null) return {};
  if (typeof answer === 'string') return { content: { [answer]: {} } };
  return { content: { 'application/json': { schema: schemaOf(answer, 'output') } } };
}

function requestBody({ body, upload }: Route): object | undefined {
  const fields = body === undefined ? undefined : schemaOf(body, 'input');
  if (upload === undefined) {
    if (fields === undefined) return undefined;
    return { required: true, content: { 'application/json': { schema: fields } } };
  }
  const image = { type: 'array', items: { type: 'string', contentMediaType: 'image/*' } };
  const archive = { type: 'string', contentMediaType: 'application/zip' };
  const file = upload === 'archive' ? { archive } : { image };
  const { properties = {}, required = [] } = (fields ?? {}) as {
    properties?: object;
    required?: string[];
  };
  const form = {
    type: 'object',
    properties: { ...file, ...properties },
    required: [...Object.keys(file), ...required],
  };
  const content: Record<string, object> = { 'multipart/form-data': { schema: form } };
  if (upload === 'images-or-json') content['application/json'] = { schema: fields ?? {} };
  return { required: true, content };
}

function parametersOf(schema: z.ZodType | undefined, place: 'path' | 'query'): object[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Record<string, { description?: string }>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }));
}

/** JSON Schema 2020-12 of a zod schema, without its `$schema`. */
export function schemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema, ...json } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io,
    unrepresentable: 'any',
  }) as Record<string, unknown>;
  return json;
}
