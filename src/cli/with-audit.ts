import { systemClock } from '../domain/clock.ts';
import { NightglassError } from '../domain/errors.ts';
import { AuditLog } from '../store/audit-log.ts';
import type { Store } from '../store/store.ts';
import { type DataFolderOptions, dataFolderOf } from './data-folder.ts';
import { openStoreOf } from './open-store-of.ts';

/** Opens the audit log of a data folder, for reading alone where that takes no writes. */
export async function withAudit<T>(
  options: DataFolderOptions,
  work: (log: AuditLog, store: Store) => Promise<T>,
): Promise<T> {
  const dataDir = dataFolderOf(options);
  const store = openStoreOf(options, { access: 'read', keys: 'unneeded' });
  try {
    if (store.health().mode === 'memory') {
      throw new NightglassError('ENVIRONMENT', `Cannot read the database in ${dataDir}`);
    }
    return await work(new AuditLog({ store, now: () => systemClock.now() }), store);
  } finally {
    store.close();
  }
}
