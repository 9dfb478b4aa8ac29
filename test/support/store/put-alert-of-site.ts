import type { Alert } from '../../../src/domain/alert.ts';
import type { Review } from '../../../src/domain/review.ts';
import { type SitePictureKind, toSiteAlert } from '../../../src/domain/site-alert.ts';
import { SiteAlertTable } from '../../../src/store/site-alert-table.ts';
import type { Store } from '../../../src/store/store.ts';

export interface AlertOfSiteOptions {
  readonly reviews?: readonly Review[];
  readonly blind?: boolean;
  /** How long after it was raised it came, milliseconds. */
  readonly delayMs?: number;
  readonly pictures?: Partial<Record<SitePictureKind, Uint8Array>>;
}

/** An alert of a site, as if it had come. @returns its id */
export function putAlertOfSite(
  store: Store,
  site: string,
  alert: Alert,
  { blind = false, delayMs = 500, pictures = {}, reviews = [] }: AlertOfSiteOptions = {},
): string {
  const table = new SiteAlertTable(store);
  store.write(() => {
    const told = toSiteAlert(alert, reviews, { blind, ownList: false });
    table.put(site, told, 1, alert.createdAt + delayMs);
    for (const [kind, jpeg] of Object.entries(pictures)) {
      if (jpeg !== undefined)
        table.putPicture(site, alert.id, kind as SitePictureKind, { jpeg, sha256: '' });
    }
  });
  return alert.id;
}
