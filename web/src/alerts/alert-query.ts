import type { Alert } from '../api/wire.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { mergeAlerts } from '../live/merge-alerts.ts';
import { Store } from '../live/store.ts';
import { type AlertFilter, apiQuery, fits } from './alert-filter.ts';

const pageSize = 50;

/** The alerts that fit a filter, newest first, page by page, kept up to date by what comes live. */
export class AlertQuery {
  /** Null before the first answer. */
  readonly alerts = new Store<readonly Alert[] | null>(null);
  /** True while there are older ones. */
  readonly more = new Store(false);
  readonly failure = new Store<unknown>(undefined);
  readonly #dashboard: Dashboard;
  readonly #filter: AlertFilter;
  readonly #now = Date.now();
  readonly #stop: () => void;
  #next: string | null = null;
  #loading = false;
  #closed = false;

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
    const query = apiQuery(this.#filter, this.#now, pageSize);
    if (this.#next !== null) query.set('before', this.#next);
    try {
      const { alerts, next } = await this.#dashboard.api.alertPage(query.toString());
      if (this.#closed) return;
      this.#next = next;
      this.more.set(next !== null);
      this.failure.set(undefined);
      this.alerts.update((known) => mergeAlerts(known ?? [], alerts));
    } catch (error) {
      if (!this.#closed) this.failure.set(error);
    } finally {
      this.#loading = false;
    }
  }

  close(): void {
    this.#closed = true;
    this.#stop();
  }

  #live(alert: Alert): void {
    const known = this.alerts.value;
    if (known === null) return;
    if (!fits(this.#filter, alert, this.#now)) {
      if (known.some(({ id }) => id === alert.id)) {
        this.alerts.set(known.filter(({ id }) => id !== alert.id));
      }
      return;
    }
    // What is older than the last page comes with its own page.
    const oldest = known.at(-1);
    if (this.more.value && oldest !== undefined && alert.id < oldest.id) return;
    this.alerts.set(mergeAlerts(known, [alert]));
  }
}
