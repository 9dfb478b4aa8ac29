import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import type { ErrorCode } from '../../../src/domain/errors.ts';
import { SqliteAlertStore } from '../../../src/services/alerts/alert-store.ts';
import type { BackupOrder } from '../../../src/services/backup/write-backup.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { createStore } from '../../../src/store/create-store.ts';
import { makeAlert, makeEvidence } from './alert-fixture.ts';
import { temporaryFolder } from './temporary-folder.ts';

const identity = await generateX25519Identity();
/** Whom the backups of the tests are encrypted to. */
export const recipients = [await identityToRecipient(identity)];
export const backupKeys = { identities: [identity] };

/** A data folder with alerts. */
export function dataFolder(t: TestContext, alerts = 30): string {
  const dataDir = join(temporaryFolder(t), 'data');
  const store = createStore({ dataDir });
  const now = () => Date.UTC(2030, 0, 1);
  const audit = new AuditLog({ store, now });
  const table = new SqliteAlertStore({ store, audit, now, policy: () => undefined });
  for (let number = 1; number <= alerts; number += 1) {
    table.insert(makeAlert(number), makeEvidence(number % 250, 4_000));
  }
  table[Symbol.dispose]();
  store.close();
  return dataDir;
}

/** Of a backup as most tests make it. */
export function backupOrder(
  dataDir: string,
  file: string,
  more: Partial<BackupOrder> = {},
): BackupOrder {
  return { dataDir, file, lock: { recipients }, keys: 'folder', version: '0.1.0', ...more };
}

/** What a failure with that code looks like. */
export const coded = (code: ErrorCode) => ({ name: 'NightglassError', code });
