import type { AlertState } from '../domain/alert.ts';
import { dayMs } from '../domain/bounds.ts';
import {
  cameLate,
  type KeptSiteAlert,
  type SiteAlert,
  type SitePictureKind,
} from '../domain/site-alert.ts';
import type { ValuePlace } from './encryption/value-cipher.ts';
import type { Store } from './store.ts';

/** Whose alerts are wanted; `'*'`, or nothing, for all. */
export interface SiteAlertFilter {
  readonly sites?: '*' | readonly string[] | undefined;
  readonly watchlists?: '*' | readonly string[] | undefined;
  readonly states?: readonly AlertState[] | undefined;
  /** Only those that come behind this one. */
  readonly before?: { readonly capturedAt: number; readonly number: number } | undefined;
}

/** An alert with its place in the order of alerts. */
export interface PlacedSiteAlert {
  readonly alert: KeptSiteAlert;
  readonly number: number;
}

/**
 * At a centre: alerts of its sites, one row for each alert of a site. Methods that change something
 * belong into {@link Store.write}.
 */
export class SiteAlertTable {
  readonly #store: Pick<Store, 'prepare' | 'cipher'>;

  constructor(store: Pick<Store, 'prepare' | 'cipher'>) {
    this.#store = store;
  }

  find(site: string, alertId: string): KeptSiteAlert | undefined {
    const row = this.#store
      .prepare('SELECT * FROM site_alerts WHERE site = ? AND alert_id = ?')
      .get(site, alertId);
    return row === undefined ? undefined : this.#kept(row);
  }

  /** Stores an alert, or its present state. @returns whether it is new */
  put(site: string, alert: SiteAlert, version: number, receivedAt: number): boolean {
    const present = this.#store
      .prepare('SELECT 1 AS found FROM site_alerts WHERE site = ? AND alert_id = ?')
      .get(site, alert.id);
    const { id, watchlistId, personId, state, capturedAt, createdAt } = alert;
    this.#store
      .prepare(
        `INSERT INTO site_alerts (site, alert_id, watchlist_id, person_id, state, captured_at,
           created_at, received_at, version, pictured, body)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)
         ON CONFLICT (site, alert_id) DO UPDATE SET watchlist_id = excluded.watchlist_id,
           person_id = excluded.person_id, state = excluded.state,
           captured_at = excluded.captured_at, created_at = excluded.created_at,
           version = excluded.version, body = excluded.body`,
      )
      .run(
        ...[site, id, watchlistId, personId, state, capturedAt, createdAt, receivedAt],
        version,
        JSON.stringify(alert),
      );
    return present === undefined;
  }

  /** Those that pass the filter, the latest capture first. */
  page(filter: SiteAlertFilter, limit: number): PlacedSiteAlert[] {
    const { before, sites = '*', states, watchlists = '*' } = filter;
    return this.#store
      .prepare(
        `SELECT * FROM site_alerts
         WHERE (:sites IS NULL OR site IN (SELECT value FROM json_each(:sites)))
           AND (:watchlists IS NULL OR watchlist_id IN (SELECT value FROM json_each(:watchlists)))
           AND (:states IS NULL OR state IN (SELECT value FROM json_each(:states)))
           AND (captured_at < :at OR (captured_at = :at AND number < :number))
         ORDER BY captured_at DESC, number DESC LIMIT :limit`,
      )
      .all({
        sites: sites === '*' ? null : JSON.stringify(sites),
        watchlists: watchlists === '*' ? null : JSON.stringify(watchlists),
        states: states === undefined ? null : JSON.stringify(states),
        at: before?.capturedAt ?? Number.MAX_SAFE_INTEGER,
        number: before?.number ?? Number.MAX_SAFE_INTEGER,
        limit,
      })
      .map((row) => ({ alert: this.#kept(row), number: Number(row['number']) }));
  }

  /** All on somebody, on lists that are or were here: a site's own lists know other people. */
  ofPerson(personId: string): { site: string; id: string; watchlistId: string }[] {
    return this.#store
      .prepare(
        `SELECT site, alert_id, watchlist_id FROM site_alerts WHERE person_id = ?
           AND watchlist_id IN
             (SELECT id FROM watchlists UNION SELECT watchlist_id FROM alert_retention)
         ORDER BY site, alert_id`,
      )
      .all(personId)
      .map((row) => ({
        site: String(row['site']),
        id: String(row['alert_id']),
        watchlistId: String(row['watchlist_id']),
      }));
  }

  /** SHA-256 of each picture that is here of an alert, hexadecimal. */
  pictures(site: string, alertId: string): Map<SitePictureKind, string> {
    const rows = this.#store
      .prepare(
        `SELECT kind, sha256 FROM site_alert_pictures WHERE site = ? AND alert_id = ?
         ORDER BY kind`,
      )
      .all(site, alertId);
    return new Map(
      rows.map((row) => [String(row['kind']) as SitePictureKind, String(row['sha256'])]),
    );
  }

  /** @throws NightglassError `STORE_KEY_MISSING`, `STORE_CORRUPT` */
  picture(site: string, alertId: string, kind: SitePictureKind): Uint8Array | undefined {
    const row = this.#store
      .prepare(
        `SELECT jpeg, key_id FROM site_alert_pictures
         WHERE site = ? AND alert_id = ? AND kind = ?`,
      )
      .get(site, alertId, kind);
    if (row === undefined) return undefined;
    const keyId = row['key_id'];
    return this.#store.cipher.open(
      row['jpeg'] as Uint8Array,
      keyId === null ? null : String(keyId),
      sitePicturePlace(site, alertId, kind),
    );
  }

  putPicture(
    site: string,
    alertId: string,
    kind: SitePictureKind,
    { jpeg, sha256 }: { readonly jpeg: Uint8Array; readonly sha256: string },
  ): void {
    const { cipher } = this.#store;
    this.deletePicture(site, alertId, kind);
    this.#store
      .prepare(
        `INSERT INTO site_alert_pictures (site, alert_id, kind, sha256, jpeg, key_id)
         VALUES (?, ?, ?, ?, ?, ?)`,
      )
      .run(
        ...[site, alertId, kind, sha256],
        cipher.seal(jpeg, sitePicturePlace(site, alertId, kind)),
        cipher.keyId,
      );
  }

  deletePicture(site: string, alertId: string, kind: SitePictureKind): void {
    this.#store
      .prepare('DELETE FROM site_alert_pictures WHERE site = ? AND alert_id = ? AND kind = ?')
      .run(site, alertId, kind);
  }

  /** All pictures of this version are here. */
  pictured(site: string, alertId: string, version: number): void {
    this.#store
      .prepare('UPDATE site_alerts SET pictured = ? WHERE site = ? AND alert_id = ?')
      .run(version, site, alertId);
  }

  /** Those of the alerts of a site that are here in this version, with their pictures, or were purged. */
  complete(site: string, alerts: readonly { id: string; version: number }[]): Set<string> {
    const find = this.#store.prepare(
      `SELECT 1 AS found FROM site_alerts
       WHERE site = ? AND alert_id = ? AND version = ? AND pictured = ?`,
    );
    const has = ({ id, version }: { readonly id: string; readonly version: number }) =>
      find.get(site, id, version, version) !== undefined || this.wasPurged(site, id);
    return new Set(alerts.filter(has).map(({ id }) => id));
  }

  /** Deletes an alert with its pictures. @returns whether it was here */
  delete(site: string, alertId: string): boolean {
    const { changes } = this.#store
      .prepare('DELETE FROM site_alerts WHERE site = ? AND alert_id = ?')
      .run(site, alertId);
    return Number(changes) > 0;
  }

  /**
   * Those whose time is over: as their list says from when they were raised, and in any case so
   * long after they came.
   */
  due(now: number, keptMs: number, limit: number): { site: string; alertId: string }[] {
    const take = (sql: string, ...values: (string | number)[]) =>
      this.#store
        .prepare(`SELECT site, alert_id FROM site_alerts WHERE ${sql} LIMIT ?`)
        .all(...values, limit)
        .map((row) => ({ site: String(row['site']), alertId: String(row['alert_id']) }));
    const old = take('received_at <= ?', now - keptMs);
    if (old.length > 0) return old;
    for (const row of this.#store.prepare('SELECT * FROM alert_retention').all()) {
      const kept = Math.round(Number(row['days']) * dayMs);
      const found = take(
        'watchlist_id = ? AND created_at <= ?',
        String(row['watchlist_id']),
        now - kept,
      );
      if (found.length > 0) return found;
    }
    return [];
  }

  /** Notes that an alert was purged here: the site may tell of it still. */
  notePurged(site: string, alertId: string, at: number): void {
    this.#store
      .prepare('INSERT INTO site_alerts_purged VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
      .run(site, alertId, at);
  }

  wasPurged(site: string, alertId: string): boolean {
    return (
      this.#store
        .prepare('SELECT 1 AS found FROM site_alerts_purged WHERE site = ? AND alert_id = ?')
        .get(site, alertId) !== undefined
    );
  }

  /** The site has it no more. */
  forgetPurged(site: string, alertId: string): void {
    this.#store
      .prepare('DELETE FROM site_alerts_purged WHERE site = ? AND alert_id = ?')
      .run(site, alertId);
  }

  #kept(row: Record<string, unknown>): KeptSiteAlert {
    const [site, receivedAt] = [String(row['site']), Number(row['received_at'])];
    const alert = JSON.parse(String(row['body'])) as SiteAlert;
    return {
      ...alert,
      site,
      receivedAt,
      late: cameLate(alert.createdAt, receivedAt),
      pictures: [...this.pictures(site, alert.id).keys()],
    };
  }
}

/** Where a picture of a site's alert stands. */
export function sitePicturePlace(site: string, alertId: string, kind: string): ValuePlace {
  return { table: 'site_alert_pictures', column: 'jpeg', row: `${site}\0${alertId}\0${kind}` };
}
