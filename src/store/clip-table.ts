import { dayMs } from '../domain/bounds.ts';
import type { ClipPlace } from '../domain/clip.ts';
import { alertOf } from './alert-row.ts';
import { evidencePlace } from './encryption/evidence-place.ts';
import type { Store } from './store.ts';

/** Bytes of a part of a clip; the last one has less. Each is sealed by itself. */
export const clipPartBytes = 256 * 1024;

/** A part by its number, or what was seen. */
export type ClipPart = number | 'faces';

/**
 * Clips on the disk: rows of evidence beside the pictures, so that encryption, backup and
 * deletion hold for both. Methods that change something belong into {@link Store.write}.
 */
export class ClipTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Bytes of all clips. */
  bytes(): number {
    const row = this.#store
      .prepare(
        `SELECT sum(length(jpeg)) AS bytes FROM alert_evidence INDEXED BY alert_clip_parts
         WHERE kind GLOB 'clip-*'`,
      )
      .get();
    return Number(row?.['bytes'] ?? 0);
  }

  /** @returns false where the alert is gone */
  put({ alertId, appearance }: ClipPlace, part: ClipPart, bytes: Uint8Array): boolean {
    const known = this.#store.prepare('SELECT 1 FROM alerts WHERE id = ?').get(alertId);
    if (known === undefined) return false;
    const kind = kindOf(appearance, part);
    const { cipher } = this.#store;
    this.#store
      .prepare(`INSERT INTO alert_evidence (alert_id, kind, jpeg, key_id) VALUES (?, ?, ?, ?)
         ON CONFLICT (alert_id, kind) DO UPDATE SET jpeg = excluded.jpeg, key_id = excluded.key_id`)
      .run(alertId, kind, cipher.seal(bytes, evidencePlace(alertId, kind)), cipher.keyId);
    return true;
  }

  /** @throws NightglassError `STORE_KEY_MISSING`, `STORE_CORRUPT` */
  get({ alertId, appearance }: ClipPlace, part: ClipPart): Uint8Array | undefined {
    const kind = kindOf(appearance, part);
    const row = this.#store
      .prepare('SELECT jpeg, key_id FROM alert_evidence WHERE alert_id = ? AND kind = ?')
      .get(alertId, kind);
    if (row === undefined) return undefined;
    const keyId = row['key_id'] === null ? null : String(row['key_id']);
    const place = evidencePlace(alertId, kind);
    return this.#store.cipher.open(row['jpeg'] as Uint8Array, keyId, place);
  }

  /** Deletes up to `limit` parts of a clip. @returns how many */
  delete({ alertId, appearance }: ClipPlace, limit: number): number {
    const { changes } = this.#store
      .prepare(
        `DELETE FROM alert_evidence WHERE (alert_id, kind) IN (SELECT alert_id, kind FROM alert_evidence
           INDEXED BY alert_clip_parts
           WHERE alert_id = ? AND kind GLOB 'clip-*' AND kind GLOB ? LIMIT ?)`,
      )
      .run(alertId, `clip-${appearance}-*`, limit);
    return Number(changes);
  }

  /** Deletes up to `limit` parts of clips of alerts whose time is over. @returns how many */
  deleteDue(now: number, limit: number): number {
    let gone = 0;
    for (const row of this.#store.prepare('SELECT * FROM alert_retention').all()) {
      const { changes } = this.#store
        .prepare(
          `DELETE FROM alert_evidence WHERE (alert_id, kind) IN (SELECT e.alert_id, e.kind FROM alerts AS a
             CROSS JOIN alert_evidence AS e INDEXED BY alert_clip_parts
             ON e.alert_id = a.id AND e.kind GLOB 'clip-*'
             WHERE a.watchlist_id = ? AND a.created_at <= ? LIMIT ?)`,
        )
        .run(
          String(row['watchlist_id']),
          now - Math.round(Number(row['days']) * dayMs),
          limit - gone,
        );
      gone += Number(changes);
    }
    return gone;
  }

  /** Appearances whose clips were to come. */
  pending(): ClipPlace[] {
    return this.#store
      .prepare(
        `SELECT body FROM alerts INDEXED BY alerts_with_pending_clips
         WHERE instr(body, '"clip":{"state":"pending"') > 0`,
      )
      .all()
      .map(alertOf)
      .flatMap(({ id: alertId, clip, sightings }) => [
        ...(clip.state === 'pending' ? [{ alertId, appearance: 0 }] : []),
        ...sightings.flatMap((sighting) =>
          sighting.clip.state === 'pending' ? [{ alertId, appearance: sighting.number }] : [],
        ),
      ]);
  }
}

function kindOf(appearance: number, part: ClipPart): string {
  return `clip-${appearance}-${part}`;
}
