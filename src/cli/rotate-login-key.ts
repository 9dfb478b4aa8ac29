import { auditEntry } from '../domain/audit-entry.ts';
import { systemClock } from '../domain/clock.ts';
import { isNightglassError } from '../domain/errors.ts';
import { type ResealedFactors, resealFactors } from '../services/access/factors/reseal-factors.ts';
import { type ResealedDevices, resealDevices } from '../services/push/reseal-devices.ts';
import { AuditLog } from '../store/audit-log.ts';
import { CameraTable } from '../store/camera-table.ts';
import {
  keysInFolder,
  makeSecretKey,
  replaceKeysInFolder,
  type SecretBox,
  secretBox,
} from '../store/secret-box.ts';
import { commandActor } from './command-actor.ts';
import type { DataFolderOptions } from './data-folder.ts';
import { openStoreOf } from './open-store-of.ts';
import { alone } from './rekey-store.ts';

export interface RotatedLogins {
  /** Logins that are sealed with the new key. */
  readonly logins: number;
  /** Cameras whose login no key at hand opens; they stay as they are. */
  readonly lost: readonly string[];
  /** Devices that get alerts, and those that no key at hand reaches any more: these are removed. */
  readonly devices: ResealedDevices;
  /** Second factors of accounts, and those that no key at hand opens; they stay as they are. */
  readonly factors: ResealedFactors;
}

/**
 * Seals the logins of added cameras, how devices of people are reached, and second factors of
 * accounts with a new key. Both keys are in the file until all of them have the new one, in one transaction with its record: a kill at any point leaves them readable, and
 * the same command begins again.
 * @throws NightglassError `STORE_*`, `SECRET_MISSING` for a file that is no key
 */
export function rotateLoginKey(options: DataFolderOptions): RotatedLogins {
  return alone(options, (dataDir) => {
    const fresh = makeSecretKey();
    const keys = [fresh, ...keysInFolder(dataDir)];
    const store = openStoreOf(options, { keys: 'unneeded', holdsFolder: true });
    try {
      replaceKeysInFolder(dataDir, keys);
      const audit = new AuditLog({ store, now: () => systemClock.now() });
      const done = store.write(() => {
        const box = secretBox(() => keys);
        const all = reseal(new CameraTable(store), box);
        const devices = resealDevices(store, box);
        const factors = resealFactors(store, box);
        const detail = { logins: all.logins, lost: all.lost.length, devices, factors };
        audit.record(auditEntry(commandActor(), 'cameras.login_key_changed', '', detail));
        return { ...all, devices, factors };
      });
      replaceKeysInFolder(dataDir, [fresh]);
      // What was sealed before lies in free pages and in the journal.
      store.compact();
      return done;
    } finally {
      store.close();
    }
  });
}

function reseal(table: CameraTable, box: SecretBox): Omit<RotatedLogins, 'devices' | 'factors'> {
  const lost: string[] = [];
  let logins = 0;
  for (const row of table.list()) {
    if (row.login === null) continue;
    try {
      table.put({ ...row, login: box.seal(box.open(row.login, row.id), row.id) });
      logins += 1;
    } catch (error) {
      if (!isNightglassError(error, 'SECRET_MISSING')) throw error;
      lost.push(row.id);
    }
  }
  return { logins, lost };
}
