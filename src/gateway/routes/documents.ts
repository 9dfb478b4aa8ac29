import { asyncapiDocument } from '../documents/asyncapi.ts';
import { openapiDocument } from '../documents/openapi.ts';
import { type Route, route } from '../http/route.ts';

const contentType = 'application/json; charset=utf-8';

/** The documents of the API, themselves among its routes. @param routes all others */
export function documentRoutes(routes: readonly Route[], version: string): Route[] {
  const made = new Map<string, string>();
  const documentFor = (prefix: string) => {
    const known = made.get(prefix);
    if (known !== undefined) return known;
    const text = JSON.stringify(openapiDocument([...routes, ...own], version, prefix));
    // A proxy of ours names the prefix; one that names many is not remembered.
    if (made.size < 4) made.set(prefix, text);
    return text;
  };
  const asyncapi = JSON.stringify(asyncapiDocument(version));
  const own: Route[] = [
    route({
      method: 'GET',
      path: '/openapi.json',
      role: null,
      summary: 'This document',
      answers: { 200: contentType },
      handle: ({ remote }) => ({ text: documentFor(remote.prefix), contentType }),
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
