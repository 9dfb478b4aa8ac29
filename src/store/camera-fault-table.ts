import type { CameraFault } from '../domain/outbox/notice.ts';
import type { Store } from './store.ts';

/** Faults of cameras that receivers outside heard of, until they hear of the end. */
export class CameraFaultTable {
  readonly #store: Pick<Store, 'prepare'>;

  constructor(store: Pick<Store, 'prepare'>) {
    this.#store = store;
  }

  list(): Pick<CameraFault, 'cameraId' | 'code' | 'message' | 'since'>[] {
    return this.#store
      .prepare('SELECT * FROM outbox_faults')
      .all()
      .map((row) => ({
        cameraId: String(row['camera_id']),
        code: String(row['code']),
        message: String(row['message']),
        since: Number(row['since']),
      }));
  }

  /** Within {@link Store.write}. */
  put({ cameraId, code, message, since }: CameraFault): void {
    this.#store
      .prepare(`INSERT INTO outbox_faults VALUES (?, ?, ?, ?) ON CONFLICT (camera_id, code)
         DO UPDATE SET message = excluded.message, since = excluded.since`)
      .run(cameraId, code, message, since);
  }

  /** Within {@link Store.write}. */
  delete({ cameraId, code }: Pick<CameraFault, 'cameraId' | 'code'>): void {
    this.#store
      .prepare('DELETE FROM outbox_faults WHERE camera_id = ? AND code = ?')
      .run(cameraId, code);
  }
}
