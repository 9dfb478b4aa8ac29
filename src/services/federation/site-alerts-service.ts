import type { AlertState } from '../../domain/alert.ts';
import { NightglassError } from '../../domain/errors.ts';
import type { KeptSiteAlert, SitePictureKind } from '../../domain/site-alert.ts';
import { SiteAlertTable } from '../../store/site-alert-table.ts';
import type { Store } from '../../store/store.ts';

/** Which alerts of sites somebody wants, of those that they may see. */
export interface SiteAlertQuery {
  readonly sites: '*' | readonly string[];
  readonly watchlists: '*' | readonly string[];
  readonly states?: readonly AlertState[] | undefined;
  /** `next` of the page before. */
  readonly before?: string | undefined;
  readonly limit: number;
}

export interface SiteAlertPage {
  readonly alerts: readonly KeptSiteAlert[];
  /** `before` of the next page; null on the last. */
  readonly next: string | null;
}

/** Alerts that sites told this centre of. They are judged at their site: here they are looked at. */
export function siteAlertsService(store: Store) {
  const table = new SiteAlertTable(store);
  return {
    /** The latest capture first. @throws NightglassError `BAD_REQUEST` for a `before` that is no `next` */
    list({ before, limit, sites, states, watchlists }: SiteAlertQuery): SiteAlertPage {
      const place = before === undefined ? undefined : placeOf(before);
      const found = table.page({ sites, watchlists, states, before: place }, limit + 1);
      const shown = found.slice(0, limit);
      const last = found.length > limit ? shown.at(-1) : undefined;
      const next = last === undefined ? null : `${last.alert.capturedAt}-${last.number}`;
      return { alerts: shown.map(({ alert }) => alert), next };
    },
    find: (site: string, id: string): KeptSiteAlert | undefined => table.find(site, id),
    /** JPEG, byte by byte as the site sent it; null where there is none. @throws NightglassError `STORE_CORRUPT` */
    picture: (site: string, id: string, kind: SitePictureKind): Uint8Array | null =>
      table.picture(site, id, kind) ?? null,
  };
}

export type SiteAlertsService = ReturnType<typeof siteAlertsService>;

function placeOf(before: string): { readonly capturedAt: number; readonly number: number } {
  const [, capturedAt, number] = /^(\d{1,15}(?:\.\d{1,6})?)-(\d{1,15})$/.exec(before) ?? [];
  if (capturedAt === undefined) {
    throw new NightglassError('BAD_REQUEST', 'Cannot list alerts of sites: there is no such page');
  }
  return { capturedAt: Number(capturedAt), number: Number(number) };
}
