import { signal } from '@preact/signals';
import type { SiteAlert, SiteAlertEvent } from '../../../src/client/nightglass-client.ts';
import type { Dashboard } from '../live/dashboard.ts';
import type { SiteFilter } from './site-filter.ts';

const pageSize = 30;

/** Alerts of sites that fit a filter, the latest capture first, page by page, with what comes live. */
export class SiteAlertQuery {
  /** Null before the first answer. */
  readonly alerts = signal<readonly SiteAlert[] | null>(null);
  /** True while there are older ones. */
  readonly more = signal(false);
  readonly failure = signal<unknown>(undefined);
  /** How often a picture came while it was looked at, by {@link sitePictureKey}. */
  readonly renewed = signal<ReadonlyMap<string, number>>(new Map());
  readonly #dashboard: Dashboard;
  readonly #filter: SiteFilter;
  readonly #stop: () => void;
  #next: string | null = null;
  #loading = false;
  #closed = false;

  constructor(dashboard: Dashboard, filter: SiteFilter) {
    this.#dashboard = dashboard;
    this.#filter = filter;
    this.#stop = dashboard.onSiteAlert((event) => this.#live(event));
    void this.load();
  }

  /** The next older page, or the first. */
  async load(): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    const { site, state } = this.#filter;
    try {
      const { alerts, next } = await this.#dashboard.client.siteAlerts({
        ...(site === undefined ? {} : { site }),
        ...(state === undefined ? {} : { state }),
        ...(this.#next === null ? {} : { before: this.#next }),
        limit: pageSize,
      });
      if (this.#closed) return;
      this.#next = next;
      this.more.value = next !== null;
      this.failure.value = undefined;
      this.alerts.value = merged(this.alerts.value ?? [], alerts);
    } catch (error) {
      if (!this.#closed) this.failure.value = error;
    } finally {
      this.#loading = false;
    }
  }

  close(): void {
    this.#closed = true;
    this.#stop();
  }

  #live(event: SiteAlertEvent | null): void {
    const known = this.alerts.value;
    if (known === null) return;
    if (event === null) {
      void this.#begin();
      return;
    }
    const { change, picture, ...alert } = event;
    const others = () => known.filter((one) => siteAlertKey(one) !== siteAlertKey(alert));
    const { site = alert.site, state = alert.state } = this.#filter;
    if (change === 'gone' || site !== alert.site || state !== alert.state) {
      this.alerts.value = others();
      return;
    }
    if (picture !== null) {
      const key = sitePictureKey(alert, picture);
      const count = (this.renewed.value.get(key) ?? 0) + 1;
      this.renewed.value = new Map(this.renewed.value).set(key, count);
    }
    // What is older than the last page comes with its own page.
    const oldest = known.at(-1);
    if (this.more.value && oldest !== undefined && alert.capturedAt < oldest.capturedAt) return;
    this.alerts.value = merged(known, [alert]);
  }

  /** Something may have been missed: the first page anew, which older ones follow. */
  async #begin(): Promise<void> {
    if (this.#loading) return;
    const before = this.alerts.value;
    this.#next = null;
    this.alerts.value = [];
    await this.load();
    if (this.failure.value !== undefined) this.alerts.value = before;
  }
}

/** Names a picture among those of all sites. */
export function sitePictureKey(
  alert: Pick<SiteAlert, 'id' | 'site'>,
  kind: SiteAlert['pictures'][number],
): string {
  return `${siteAlertKey(alert)} ${kind}`;
}

/** Names an alert among those of all sites. */
export function siteAlertKey({ id, site }: Pick<SiteAlert, 'id' | 'site'>): string {
  return `${site} ${id}`;
}

/** Those known with those that came, each as it came last; the latest capture first. */
function merged(known: readonly SiteAlert[], came: readonly SiteAlert[]): readonly SiteAlert[] {
  const byKey = new Map([...known, ...came].map((alert) => [siteAlertKey(alert), alert]));
  return [...byKey.values()].sort((a, b) => b.capturedAt - a.capturedAt);
}
