import { readStoreKeys, readStoreUrl } from '../config/store-config.ts';
import { auditEntry, systemActor } from '../domain/audit-entry.ts';
import { backUpInThread } from '../services/backup/back-up-in-thread.ts';
import { backUpRegularly, type RegularBackups } from '../services/backup/back-up-regularly.ts';
import { BackupNames } from '../services/backup/backup-names.ts';
import { recordedBackup } from '../services/backup/recorded-backup.ts';
import type { AuditLog } from '../store/audit-log.ts';
import type { ClockGuard } from '../store/clock-guard.ts';
import { evidenceKeyIn } from '../store/evidence-key.ts';
import { backupPlace } from './backup-order.ts';
import type { Foundation } from './foundation.ts';
import { version } from './version.ts';

/**
 * Makes backups regularly, as configured; undefined where they are not.
 * @throws NightglassError `SECRET_MISSING`, `CONFIG_INVALID`, `STORE_KEY_MISSING`, `STORE_UNWRITABLE`
 */
export function openBackups(
  foundation: Foundation,
  { audit, guard }: { readonly audit: AuditLog; readonly guard: ClockGuard },
): RegularBackups | undefined {
  const { baseDir, clock, config, dataDir, env, log, metrics, resources } = foundation;
  const { backup } = config;
  if (backup === undefined) return undefined;
  const storeUrl = readStoreUrl(config.store.url, baseDir, env);
  const { folder, lock } = backupPlace(backup, foundation);
  const { keys } = backup;
  const storeKeys =
    keys === 'all' ? readStoreKeys(config.store.encryption, baseDir, env)?.text : undefined;
  const regular = backUpRegularly({
    ...{ folder, clock, log, keep: backup.keep, everyMs: backup.every, keepForMs: backup.keepFor },
    names: new BackupNames(evidenceKeyIn(dataDir).fingerprint),
    holds: () => guard.holds(),
    make(file, signal) {
      const order = { dataDir, storeUrl, file, lock, keys, storeKeys, version };
      return recordedBackup(order, { audit, by: systemActor }, () => backUpInThread(order, signal));
    },
    onMade: ({ bytes }, seconds) => metrics.backups.made(bytes, seconds),
    onFailed: () => metrics.backups.failed(),
    onRemoved: (name) => audit.append(auditEntry(systemActor, 'backup.removed', name)),
  });
  metrics.backups.watch(() => regular.status(), backup.every);
  resources.defer(() => regular.close());
  return regular;
}
