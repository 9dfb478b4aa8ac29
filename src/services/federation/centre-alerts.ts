import type { StoredAlertEvent } from '../../domain/alert-event.ts';
import { CentreAlertTable } from '../../store/centre-alert-table.ts';
import type { Store } from '../../store/store.ts';

export interface CentreAlertsOptions {
  readonly store: Pick<Store, 'prepare' | 'afterCommit'>;
  /** Whether the centre hears of alerts of this list. */
  readonly concerns: (watchlistId: string) => boolean;
}

/**
 * At a site: notes which alerts the centre is to have, in the transaction of the alert's own change.
 */
export class CentreAlerts {
  readonly #options: CentreAlertsOptions;
  readonly #table: CentreAlertTable;
  readonly #listeners = new Set<() => void>();

  constructor(options: CentreAlertsOptions) {
    this.#options = options;
    this.#table = new CentreAlertTable(options.store);
  }

  /** Called when there is something to tell. */
  onWaiting(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** An alert was raised or changed. Within the transaction of the change. */
  alertChanged({ alert }: StoredAlertEvent): void {
    if (!this.#table.touch(alert.id)) {
      if (!this.#options.concerns(alert.watchlistId)) return;
      this.#table.add(alert.id, alert.createdAt);
    }
    this.#options.store.afterCommit(() => {
      for (const listener of this.#listeners) listener();
    });
  }
}
