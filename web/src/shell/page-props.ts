import type { Dashboard } from '../live/dashboard.ts';
import type { Route } from './route.ts';

/** What each page gets. */
export interface PageProps {
  readonly dashboard: Dashboard;
  /** Its `id` and `query` are the page's own. */
  readonly route: Route;
}
