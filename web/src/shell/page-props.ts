import type { Route } from './route.ts';

/** What each page gets. */
export interface PageProps {
  /** Its `id` and `query` are the page's own. */
  readonly route: Route;
}
