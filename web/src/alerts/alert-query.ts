import { signal } from '@preact/signals';
import type { Alert } from '../../../src/client/nightglass-client.ts';
import { byNewestAppearance } from '../live/appearances.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { mergeAlerts } from '../live/merge-alerts.ts';
import { type AlertFilter, apiQuery, fits } from './alert-filter.ts';

const pageSize = 50;
/** Many changes at once are counted once. */
const countAfterMs = 300;

/** The alerts that fit a filter, the one seen last first, page by page, kept up to date by what comes live. */
export class AlertQuery {
  /** Null before the first answer. */
  readonly alerts = signal<readonly Alert[] | null>(null);
  /** True while there are older ones. */
  readonly more = signal(false);
  /** Alerts that fit, on all pages together; undefined before the first answer. */
  readonly total = signal<number | undefined>(undefined);
  readonly failure = signal<unknown>(undefined);
  readonly #dashboard: Dashboard;
  readonly #filter: AlertFilter;
  readonly #now = Date.now();
  readonly #stop: () => void;
  #next: string | null = null;
  #loading = false;
  #closed = false;
  #counting: ReturnType<typeof setTimeout> | undefined;

  constructor(dashboard: Dashboard, filter: AlertFilter) {
    this.#dashboard = dashboard;
    this.#filter = filter;
    this.#stop = dashboard.onAlert((alert) => this.#live(alert));
    void this.load();
  }

  /** The next older page, or the first. */
  async load(): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    const before = this.#next === null ? {} : { before: this.#next };
    const query = { ...apiQuery(this.#filter, this.#now), ...before, limit: pageSize };
    try {
      const { alerts, next, total } = await this.#dashboard.client.alerts(query);
      if (this.#closed) return;
      this.#next = next;
      this.total.value = total;
      this.more.value = next !== null;
      this.failure.value = undefined;
      this.alerts.value = mergeAlerts(this.alerts.value ?? [], alerts);
    } catch (error) {
      if (!this.#closed) this.failure.value = error;
    } finally {
      this.#loading = false;
    }
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#counting);
    this.#stop();
  }

  /** What has changed live may be on a page that is not here: the gateway counts. */
  #countSoon(): void {
    this.#counting ??= setTimeout(() => {
      this.#counting = undefined;
      const query = { ...apiQuery(this.#filter, this.#now), limit: 1 };
      this.#dashboard.client.alerts(query).then(
        ({ total }) => {
          if (!this.#closed) this.total.value = total;
        },
        () => undefined,
      );
    }, countAfterMs);
  }

  #live(alert: Alert): void {
    const known = this.alerts.value;
    if (known === null) return;
    const here = known.some(({ id }) => id === alert.id);
    if (here !== fits(this.#filter, alert, this.#now)) this.#countSoon();
    if (!fits(this.#filter, alert, this.#now)) {
      if (here) this.alerts.value = known.filter(({ id }) => id !== alert.id);
      return;
    }
    // What is older than the last page comes with its own page.
    const oldest = known.at(-1);
    if (this.more.value && oldest !== undefined && byNewestAppearance(alert, oldest) > 0) return;
    this.alerts.value = mergeAlerts(known, [alert]);
  }
}
