import { signal } from '@preact/signals';
import type { NightglassClient, SiteAlert } from '../../../src/client/nightglass-client.ts';
import type { SiteFilter } from './site-filter.ts';

const pageSize = 30;

/** Alerts of sites that fit a filter, the latest capture first, page by page. */
export class SiteAlertQuery {
  /** Null before the first answer. */
  readonly alerts = signal<readonly SiteAlert[] | null>(null);
  /** True while there are older ones. */
  readonly more = signal(false);
  readonly failure = signal<unknown>(undefined);
  readonly #client: NightglassClient;
  readonly #filter: SiteFilter;
  #next: string | null = null;
  #loading = false;
  #closed = false;

  constructor(client: NightglassClient, filter: SiteFilter) {
    this.#client = client;
    this.#filter = filter;
    void this.load();
  }

  /** The next older page, or the first. */
  async load(): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    const { site, state } = this.#filter;
    try {
      const { alerts, next } = await this.#client.siteAlerts({
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
  }
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
