import { basename } from 'node:path';
import { type Actor, auditEntry } from '../../domain/audit-entry.ts';
import type { BackupResult } from '../../domain/backup.ts';
import { isNightglassError } from '../../domain/errors.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import type { BackupOrder } from './write-backup.ts';

/**
 * Makes a backup on record: that everything is about to leave the data folder stands in the log, and
 * so in the backup itself, before a byte of it does; then what came of it.
 * @throws NightglassError `AUDIT_UNAVAILABLE`, and those of `write`
 */
export async function recordedBackup(
  { file, keys, lock }: Pick<BackupOrder, 'file' | 'keys' | 'lock'>,
  { audit, by }: { readonly audit: Pick<AuditLog, 'require' | 'append'>; readonly by: Actor },
  write: () => Promise<BackupResult>,
): Promise<BackupResult> {
  const name = basename(file);
  const to = 'passphrase' in lock ? 'passphrase' : lock.recipients;
  audit.require(auditEntry(by, 'backup.started', name, { keys, to }));
  try {
    const result = await write();
    const { bytes, createdAt, signer } = result;
    audit.append(auditEntry(by, 'backup.created', name, { bytes, createdAt, signer }));
    return result;
  } catch (error) {
    const code = isNightglassError(error) ? error.code : 'INTERNAL';
    audit.append(auditEntry(by, 'backup.failed', name, { code }));
    throw error;
  }
}
