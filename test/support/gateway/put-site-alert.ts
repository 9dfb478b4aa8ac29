import type { Alert } from '../../../src/domain/alert.ts';
import type { Store } from '../../../src/store/store.ts';
import { type AlertOfSiteOptions, putAlertOfSite } from '../store/put-alert-of-site.ts';
import { sampleAlert } from './sample-alert.ts';

interface SiteAlertInTest extends AlertOfSiteOptions {
  readonly changes?: Partial<Alert>;
}

/** A sample alert of a site, as if it had come. @returns its id */
export function putSiteAlert(
  store: Store,
  site: string,
  number: number,
  { changes, ...options }: SiteAlertInTest = {},
): string {
  return putAlertOfSite(store, site, sampleAlert(number, changes), options);
}
