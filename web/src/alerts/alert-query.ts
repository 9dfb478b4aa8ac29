import { signal } from '@preact/signals';
import type { Alert } from '../../../src/client/nightglass-client.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { mergeAlerts } from '../live/merge-alerts.ts';
import { type AlertFilter, apiQuery, fits } from './alert-filter.ts';

const pageSize = 50;

/** The alerts that fit a filter, newest first, page by page, kept up to date by what comes live. */
export class AlertQuery {
  /** Null before the first answer. */
  readonly alerts = signal<readonly Alert[] | null>(null);
  /** True while there are older ones. */
  readonly more = signal(false);
  readonly failure = signal<unknown>(undefined);
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
    const before = this.#next === null ? {} : { before: this.#next };
    const query = { ...apiQuery(this.#filter, this.#now), ...before, limit: pageSize };
    try {
      const { alerts, next } = await this.#dashboard.client.alerts(query);
      if (this.#closed) return;
      this.#next = next;
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
    this.#stop();
  }

  #live(alert: Alert): void {
    const known = this.alerts.value;
    if (known === null) return;
    if (!fits(this.#filter, alert, this.#now)) {
      if (known.some(({ id }) => id === alert.id)) {
        this.alerts.value = known.filter(({ id }) => id !== alert.id);
      }
      return;
    }
    // What is older than the last page comes with its own page.
    const oldest = known.at(-1);
    if (this.more.value && oldest !== undefined && alert.id < oldest.id) return;
    this.alerts.value = mergeAlerts(known, [alert]);
  }
}
