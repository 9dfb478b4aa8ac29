import { useEffect, useState } from 'preact/hooks';

export const pages = [
  'wall',
  'camera',
  'calibration',
  'assessment',
  'profile',
  'cameras',
  'alerts',
  'shift',
  'sites',
  'watchlists',
  'learning',
  'search',
  'footage',
  'review',
  'system',
  'users',
  'account',
] as const;
export type PageName = (typeof pages)[number];

/** Where the visitor is: `#/page/id?query`. */
export interface Route {
  readonly page: PageName;
  readonly id: string | undefined;
  readonly query: URLSearchParams;
}

/** Reads a hash; anything unknown is the wall. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?', 2);
  const [name = '', id = ''] = path.split('/');
  const page = pages.find((known) => known === name) ?? 'wall';
  return { page, id: decoded(id), query: new URLSearchParams(query) };
}

/** The secret of a one-time link `#/join/SECRET`; undefined of any other hash. */
export function joinSecret(hash: string): string | undefined {
  return /^#\/join\/([\w-]{1,200})$/.exec(hash)?.[1];
}

function decoded(id: string): string | undefined {
  try {
    return decodeURIComponent(id) || undefined;
  } catch {
    return undefined;
  }
}

/** The address of a page, for links. Parameters that are empty or undefined are left out. */
export function href(
  page: PageName,
  id?: string,
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') params.set(name, value);
  }
  const path = id === undefined ? page : `${page}/${encodeURIComponent(id)}`;
  const text = params.toString();
  return `#/${path}${text === '' ? '' : `?${text}`}`;
}

/** Goes to an address made by `href`; with `replace`, the back key skips where one was. */
export function go(address: string, replace = false): void {
  if (replace) location.replace(address);
  else location.hash = address;
}

/**
 * Goes from one address to the next, unless the visitor has gone elsewhere
 * meanwhile: answers, and the end of a dialog, come after what is done next.
 */
export function leave(from: string, to: string, replace = false): void {
  const here = parseRoute(location.hash);
  const left = parseRoute(from);
  const stays =
    here.page === left.page && here.id === left.id && `${here.query}` === `${left.query}`;
  if (stays) go(to, replace);
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  useEffect(() => {
    const changed = () => setRoute(parseRoute(location.hash));
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return route;
}

/** What each page gets. */
export interface PageProps {
  /** Its `id` and `query` are the page's own. */
  readonly route: Route;
}
