import type { Priority } from '../domain/outbox/notice.ts';
import type { ReceiverLanguage } from '../domain/outbox/receiver.ts';
import type { PushDevice } from '../domain/push/push-device.ts';
import type { Store } from './store.ts';

/** A row of `push_devices`. */
export interface PushDeviceRow extends PushDevice {
  /** Sealed. */
  readonly address: Uint8Array;
}

/** The table of devices. Methods that change something belong into {@link Store.write}. */
export class PushDeviceTable {
  readonly #store: Pick<Store, 'prepare'>;

  constructor(store: Pick<Store, 'prepare'>) {
    this.#store = store;
  }

  /** In the order in which they were added. */
  list(): PushDeviceRow[] {
    return this.#store
      .prepare('SELECT * FROM push_devices ORDER BY created_at, id')
      .all()
      .map(toRow);
  }

  find(id: string): PushDeviceRow | undefined {
    const row = this.#store.prepare('SELECT * FROM push_devices WHERE id = ?').get(id);
    return row === undefined ? undefined : toRow(row);
  }

  /** Inserts the device, or changes the one of its id. */
  put(row: PushDeviceRow): void {
    this.#store
      .prepare(
        `INSERT INTO push_devices VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, address = excluded.address,
           language = excluded.language, least_priority = excluded.least_priority`,
      )
      .run(
        ...([row.id, row.owner, row.ownerName, row.name, row.host, row.fingerprint] as const),
        ...([row.address, row.language, row.leastPriority, row.createdAt] as const),
      );
  }

  /** False where there is none. */
  delete(id: string): boolean {
    return this.#store.prepare('DELETE FROM push_devices WHERE id = ?').run(id).changes !== 0;
  }
}

function toRow(row: Record<string, unknown>): PushDeviceRow {
  return {
    id: String(row['id']),
    owner: String(row['owner']),
    ownerName: String(row['owner_name']),
    name: String(row['name']),
    host: String(row['host']),
    fingerprint: String(row['fingerprint']),
    address: row['address'] as Uint8Array,
    language: row['language'] as ReceiverLanguage,
    leastPriority: row['least_priority'] as Priority,
    createdAt: Number(row['created_at']),
  };
}
