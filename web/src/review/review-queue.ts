import { signal } from '@preact/signals';
import type { Alert } from '../../../src/client/nightglass-client.ts';
import { openStates } from '../alerts/alert-filter.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { mergeAlerts } from '../live/merge-alerts.ts';

const pageSize = 50;

export function isOpen({ state }: Alert): boolean {
  return openStates.includes(state);
}

/**
 * Open alerts in the gateway's order: what is likely to be settled soonest
 * first, by quality and score. The order stands while somebody works: what is
 * decided stays in its place, what comes new is counted and waits for `reload`.
 */
export class ReviewQueue {
  /** Null before the first answer. */
  readonly alerts = signal<readonly Alert[] | null>(null);
  /** Alerts that came since the order was made. */
  readonly waiting = signal(0);
  readonly more = signal(false);
  readonly failure = signal<unknown>(undefined);
  readonly #dashboard: Dashboard;
  readonly #stop: () => void;
  readonly #fresh = new Set<string>();
  #next: string | null = null;
  #loading = false;
  #closed = false;

  constructor(dashboard: Dashboard) {
    this.#dashboard = dashboard;
    this.#stop = dashboard.onAlert((alert) => this.#live(alert));
    void this.reload();
  }

  /** Loads the queue again, in the gateway's present order. */
  reload(): Promise<void> {
    this.#next = null;
    return this.#load([]);
  }

  /** The next page. */
  loadMore(): Promise<void> {
    return this.#load(this.alerts.value ?? []);
  }

  close(): void {
    this.#closed = true;
    this.#stop();
  }

  async #load(known: readonly Alert[]): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    const query = {
      state: openStates,
      order: 'queue',
      limit: pageSize,
      ...(this.#next === null ? {} : { before: this.#next }),
    } as const;
    try {
      const { alerts, next } = await this.#dashboard.client.alerts(query);
      if (this.#closed) return;
      const ids = new Set(known.map(({ id }) => id));
      this.#next = next;
      this.more.value = next !== null;
      this.failure.value = undefined;
      this.alerts.value = [...known, ...alerts.filter(({ id }) => !ids.has(id))];
      if (known.length === 0) this.#fresh.clear();
      this.waiting.value = this.#fresh.size;
    } catch (error) {
      if (!this.#closed) this.failure.value = error;
    } finally {
      this.#loading = false;
    }
  }

  #live(alert: Alert): void {
    const known = this.alerts.value;
    if (known === null) return;
    const at = known.findIndex(({ id }) => id === alert.id);
    const old = known[at];
    if (old === undefined) {
      // What is on a later page is not new.
      const isNew = alert.state === 'new' && alert.revision <= 1;
      if (isNew && isOpen(alert)) this.#fresh.add(alert.id);
      else this.#fresh.delete(alert.id);
      this.waiting.value = this.#fresh.size;
      return;
    }
    const [merged = old] = mergeAlerts([old], [alert]);
    this.alerts.value = known.with(at, merged);
  }
}
