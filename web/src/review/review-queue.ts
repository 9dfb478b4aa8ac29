import type { Alert } from '../api/wire.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { mergeAlerts } from '../live/merge-alerts.ts';
import { Store } from '../live/store.ts';

const pageSize = 50;
const openStates = 'new,acknowledged,escalated';

export function isOpen({ state }: Alert): boolean {
  return state === 'new' || state === 'acknowledged' || state === 'escalated';
}

/**
 * Open alerts in the gateway's order: what is likely to be settled soonest
 * first, by quality and score. The order stands while somebody works: what is
 * decided stays in its place, what comes new is counted and waits for `reload`.
 */
export class ReviewQueue {
  /** Null before the first answer. */
  readonly alerts = new Store<readonly Alert[] | null>(null);
  /** Alerts that came since the order was made. */
  readonly waiting = new Store(0);
  readonly more = new Store(false);
  readonly failure = new Store<unknown>(undefined);
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

  /** Makes the order anew. */
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
    const query = new URLSearchParams({
      state: openStates,
      order: 'queue',
      limit: String(pageSize),
    });
    if (this.#next !== null) query.set('before', this.#next);
    try {
      const { alerts, next } = await this.#dashboard.api.alertPage(query.toString());
      if (this.#closed) return;
      const ids = new Set(known.map(({ id }) => id));
      this.#next = next;
      this.more.set(next !== null);
      this.failure.set(undefined);
      this.alerts.set([...known, ...alerts.filter(({ id }) => !ids.has(id))]);
      if (known.length === 0) this.#fresh.clear();
      this.waiting.set(this.#fresh.size);
    } catch (error) {
      if (!this.#closed) this.failure.set(error);
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
      this.waiting.set(this.#fresh.size);
      return;
    }
    const [merged = old] = mergeAlerts([old], [alert]);
    this.alerts.set(known.with(at, merged));
  }
}
