import { asyncapiDocument } from '../documents/asyncapi.ts';
import { openapiDocument } from '../documents/openapi.ts';
import { type Route, route } from '../http/route.ts';

const contentType = 'application/json; charset=utf-8';

/** The documents of the API, themselves among its routes. @param routes all others */
export function documentRoutes(routes: readonly Route[], version: string): Route[] {
  let openapi: string | undefined;
  const asyncapi = JSON.stringify(asyncapiDocument(version));
  const own: Route[] = [
    route({
      method: 'GET',
      path: '/openapi.json',
      role: null,
      summary: 'This document',
      answers: { 200: contentType },
      handle() {
        openapi ??= JSON.stringify(openapiDocument([...routes, ...own], version));
        return { text: openapi, contentType };
      },
    }),
    route({
      method: 'GET',
      path: '/asyncapi.json',
      role: null,
      summary: 'The AsyncAPI document of the sockets',
      answers: { 200: contentType },
      handle: () => ({ text: asyncapi, contentType }),
    }),
  ];
  return own;
}
