import type { SiteAlert } from '../../../src/client/nightglass-client.ts';

export const siteAlertStates: readonly SiteAlert['state'][] = [
  'new',
  'acknowledged',
  'escalated',
  'confirmed',
  'dismissed',
];

/** Which alerts of sites are shown, as the page's address says it; undefined: any. */
export interface SiteFilter {
  readonly site: string | undefined;
  readonly state: SiteAlert['state'] | undefined;
}

/** Reads the page's address; what it does not know is left out. */
export function readSiteFilter(query: URLSearchParams): SiteFilter {
  const site = query.get('site') ?? '';
  return {
    site: site === '' ? undefined : site,
    state: siteAlertStates.find((state) => state === query.get('state')),
  };
}
