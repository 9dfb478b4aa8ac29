import { federationBounds } from '../domain/bounds.ts';
import type { Store } from './store.ts';

/** An alert that the centre is to have. */
export interface CentreAlert {
  readonly number: number;
  readonly alertId: string;
  /** Grows with each change. */
  readonly version: number;
  /** The version that the centre has been told; 0: none yet. */
  readonly told: number;
}

/**
 * At a site: which alerts its centre is to have, and what of them it has. One row an alert, however
 * often it changes: its present state is told. Methods that change something belong into
 * {@link Store.write}.
 */
export class CentreAlertTable {
  readonly #store: Pick<Store, 'prepare'>;

  constructor(store: Pick<Store, 'prepare'>) {
    this.#store = store;
  }

  /** One more, which the centre has nothing of. */
  add(alertId: string, createdAt: number): void {
    this.#store
      .prepare(
        `INSERT INTO centre_alerts (alert_id, version, told, pictured, created_at)
         VALUES (?, 1, 0, 0, ?) ON CONFLICT (alert_id) DO NOTHING`,
      )
      .run(alertId, createdAt);
  }

  /** It changed. @returns false where the centre is not to have it */
  touch(alertId: string): boolean {
    const { changes } = this.#store
      .prepare('UPDATE centre_alerts SET version = version + 1 WHERE alert_id = ?')
      .run(alertId);
    return Number(changes) > 0;
  }

  /** The first after this number whose present state the centre was not told. */
  untold(after: number): CentreAlert | undefined {
    return toCentreAlert(
      this.#store
        .prepare(
          `SELECT * FROM centre_alerts WHERE told < version AND number > ?
           ORDER BY number LIMIT 1`,
        )
        .get(after),
    );
  }

  /** The last before this number whose pictures the centre may lack. */
  unpictured(before: number): CentreAlert | undefined {
    return toCentreAlert(
      this.#store
        .prepare(
          `SELECT * FROM centre_alerts WHERE pictured < version AND number < ?
           ORDER BY number DESC LIMIT 1`,
        )
        .get(before),
    );
  }

  /** The centre was told this version. */
  told({ alertId, version }: CentreAlert): void {
    this.#store
      .prepare('UPDATE centre_alerts SET told = max(told, ?) WHERE alert_id = ?')
      .run(version, alertId);
  }

  /** The centre has the pictures of this version. */
  pictured({ alertId, version }: CentreAlert): void {
    this.#store
      .prepare('UPDATE centre_alerts SET pictured = max(pictured, ?) WHERE alert_id = ?')
      .run(version, alertId);
  }

  /** The centre lacks them, or some of it, though it had them: it was restored from a backup. */
  lacked(alertIds: readonly string[]): void {
    const reset = this.#store.prepare(
      'UPDATE centre_alerts SET told = 0, pictured = 0 WHERE alert_id = ?',
    );
    for (const id of alertIds) reset.run(id);
  }

  /** Those after this number of which the centre has all, some of them. */
  complete(after: number, limit: number): CentreAlert[] {
    return this.#store
      .prepare(
        `SELECT * FROM centre_alerts WHERE number > ? AND told = version AND pictured = version
         ORDER BY number LIMIT ?`,
      )
      .all(after, limit)
      .flatMap((row) => toCentreAlert(row) ?? []);
  }

  /** Those after this number, so many of them, of which there is no alert any more. */
  gone(after: number): { readonly gone: readonly CentreAlert[]; readonly next: number | null } {
    const rows = this.#store
      .prepare(
        `SELECT c.number AS number, c.alert_id AS alert_id, c.version AS version, c.told AS told,
           alerts.id AS present
         FROM (SELECT * FROM centre_alerts WHERE number > ? ORDER BY number LIMIT ?) AS c
         LEFT JOIN alerts ON alerts.id = c.alert_id ORDER BY c.number`,
      )
      .all(after, federationBounds.window);
    const gone = rows
      .filter(({ present }) => present === null)
      .flatMap((row) => toCentreAlert(row) ?? []);
    const last = rows.at(-1)?.['number'];
    return { gone, next: rows.length < federationBounds.window ? null : Number(last) };
  }

  /** The centre has nothing of them any more, or never had. */
  forget(alertIds: readonly string[]): void {
    const forget = this.#store.prepare('DELETE FROM centre_alerts WHERE alert_id = ?');
    for (const id of alertIds) forget.run(id);
  }

  /** Those that the centre does not have as they are. */
  waiting(): { readonly waiting: number; readonly oldestAt: number | null } {
    const row = this.#store
      .prepare(
        `SELECT count(*) AS waiting, min(created_at) AS oldest FROM centre_alerts
         WHERE pictured < version`,
      )
      .get();
    const oldest = row?.['oldest'] ?? null;
    return {
      waiting: Number(row?.['waiting'] ?? 0),
      oldestAt: oldest === null ? null : Number(oldest),
    };
  }
}

function toCentreAlert(row: Record<string, unknown> | undefined): CentreAlert | undefined {
  if (row === undefined) return undefined;
  return {
    number: Number(row['number']),
    alertId: String(row['alert_id']),
    version: Number(row['version']),
    told: Number(row['told']),
  };
}
