import type { CameraSetup, StoredCamera } from '../domain/camera-setup.ts';
import type { Store } from './store.ts';

/** A row of `cameras`: the login is sealed. */
export interface CameraRow extends Omit<StoredCamera, 'hasLogin'> {
  readonly login: Uint8Array | null;
}

/** The table of cameras added at run time. Methods that change something belong into {@link Store.write}. */
export class CameraTable {
  readonly #store: Pick<Store, 'prepare'>;

  constructor(store: Pick<Store, 'prepare'>) {
    this.#store = store;
  }

  /** In the order in which they were added. */
  list(): CameraRow[] {
    return this.#store.prepare('SELECT * FROM cameras ORDER BY created_at, id').all().map(toRow);
  }

  find(id: string): CameraRow | undefined {
    const row = this.#store.prepare('SELECT * FROM cameras WHERE id = ?').get(id);
    return row === undefined ? undefined : toRow(row);
  }

  /** Inserts the camera, or changes the one of its id. */
  put(row: CameraRow): void {
    this.#store
      .prepare(
        `INSERT INTO cameras VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET setup = excluded.setup, login = excluded.login,
           paused = excluded.paused, updated_at = excluded.updated_at`,
      )
      .run(
        row.id,
        JSON.stringify(row.setup),
        row.login,
        row.paused ? 1 : 0,
        row.createdAt,
        row.updatedAt,
      );
  }

  /** False where there is none. */
  delete(id: string): boolean {
    return this.#store.prepare('DELETE FROM cameras WHERE id = ?').run(id).changes !== 0;
  }
}

function toRow(row: Record<string, unknown>): CameraRow {
  return {
    id: String(row['id']),
    setup: JSON.parse(String(row['setup'])) as CameraSetup,
    login: row['login'] as Uint8Array | null,
    paused: row['paused'] === 1,
    createdAt: Number(row['created_at']),
    updatedAt: Number(row['updated_at']),
  };
}
