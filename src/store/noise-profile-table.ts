import type { NoiseProfile } from '../domain/camera-noise/noise-profile.ts';
import type { Store } from './store.ts';

/** A profile of a camera that is kept. */
export interface KeptProfile {
  /** When it was measured, wall time, milliseconds: its name among those of its camera. */
  readonly at: number;
  readonly profile: NoiseProfile;
}

/** The table of noise profiles: the newest few of each camera. */
export class NoiseProfileTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Newest first. */
  list(cameraId: string): KeptProfile[] {
    return this.#store
      .prepare(
        `SELECT measured_at, profile FROM camera_profiles WHERE camera_id = ?
         ORDER BY measured_at DESC`,
      )
      .all(cameraId)
      .map(toKept);
  }

  find(cameraId: string, at: number): KeptProfile | undefined {
    const row = this.#store
      .prepare(
        'SELECT measured_at, profile FROM camera_profiles WHERE camera_id = ? AND measured_at = ?',
      )
      .get(cameraId, at);
    return row === undefined ? undefined : toKept(row);
  }

  /** The fixed pattern as JPEG. */
  pattern(cameraId: string, at: number): Uint8Array | null {
    const row = this.#store
      .prepare('SELECT pattern FROM camera_profiles WHERE camera_id = ? AND measured_at = ?')
      .get(cameraId, at);
    return (row?.['pattern'] ?? null) as Uint8Array | null;
  }

  /** Beside those before, of which the newest stay up to `most`. Within a transaction. */
  put(cameraId: string, kept: KeptProfile, pattern: Uint8Array | null, most: number): void {
    this.#store
      .prepare('INSERT INTO camera_profiles VALUES (?, ?, ?, ?)')
      .run(cameraId, kept.at, JSON.stringify(kept.profile), pattern);
    this.#store
      .prepare(
        `DELETE FROM camera_profiles WHERE camera_id = ? AND measured_at NOT IN (
           SELECT measured_at FROM camera_profiles WHERE camera_id = ?
           ORDER BY measured_at DESC LIMIT ?)`,
      )
      .run(cameraId, cameraId, most);
  }

  /** Deletes what was measured before a time. A retention task. */
  purge(before: number): number {
    const { changes } = this.#store.write(() =>
      this.#store.prepare('DELETE FROM camera_profiles WHERE measured_at < ?').run(before),
    );
    return Number(changes);
  }
}

function toKept(row: Record<string, unknown>): KeptProfile {
  return {
    at: Number(row['measured_at']),
    profile: JSON.parse(String(row['profile'])) as NoiseProfile,
  };
}
