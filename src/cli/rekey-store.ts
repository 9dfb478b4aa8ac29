import { auditEntry } from '../domain/audit-entry.ts';
import { systemClock } from '../domain/clock.ts';
import { NightglassError } from '../domain/errors.ts';
import { AuditLog } from '../store/audit-log.ts';
import { declaredKey, declareKey } from '../store/encryption/open-cipher.ts';
import { StoreKeys } from '../store/encryption/store-keys.ts';
import { plainCipher } from '../store/encryption/value-cipher.ts';
import { lockDataFolder } from '../store/lock-data-folder.ts';
import { largeStep, Reencryption } from '../store/reencrypt.ts';
import type { Store } from '../store/store.ts';
import { commandActor } from './command-actor.ts';
import { type DataFolderOptions, dataFolderOf } from './data-folder.ts';
import { addKey } from './key-file.ts';
import { openStoreOf, storeUrlOf } from './open-store-of.ts';
import { storeKeyTextOf } from './store-keys.ts';

/** What was done to a store. */
export interface Rekeyed {
  /** Id of the key that all is encrypted with now; null where nothing is. */
  readonly keyId: string | null;
  /** Values that were under another key, or under none. */
  readonly values: number;
  /** Values that were damaged before, and stay as they are. */
  readonly damaged: number;
  /** Keys that backups from before may need. */
  readonly earlier: readonly string[];
}

type Progress = (done: number, left: number) => void;

/**
 * Encrypts all values of a store with one key. Where all are with the one in use already, a new one
 * is put before it in its file first; else what was begun is finished.
 * @throws NightglassError `STORE_*`, `CONFLICT` where the keys are in a variable and none is new
 */
export function rotateKey(options: DataFolderOptions, onProgress: Progress): Rekeyed {
  const found = storeKeyTextOf(options);
  if (found === undefined) {
    throw new NightglassError('STORE_KEY_MISSING', 'Cannot encrypt the store: no key is named', {
      hint: 'Make one with "nightglass store keys create FILE" and name it as store.encryption.keyFile.',
    });
  }
  return alone(options, () => {
    const keys = StoreKeys.parse(found.text, found.place);
    if (!isDone(options, keys)) return encrypt(options, keys, onProgress);
    if (found.file === undefined) {
      throw new NightglassError(
        'CONFLICT',
        `Cannot change the key: all is encrypted with the first one of ${found.place}`,
        { hint: 'Put a key of "openssl rand -base64 32" before it, separated by a space.' },
      );
    }
    addKey(found.file);
    const again = storeKeyTextOf(options) ?? found;
    return encrypt(options, StoreKeys.parse(again.text, again.place), onProgress);
  });
}

/** Stores all values as they are again. @throws NightglassError `STORE_*` */
export function decryptStore(options: DataFolderOptions, onProgress: Progress): Rekeyed {
  const found = storeKeyTextOf(options);
  const keys = found && StoreKeys.parse(found.text, found.place);
  return alone(options, () => {
    const store = openStoreOf(options, { ...(keys && { keys }), holdsFolder: true });
    try {
      const done = moveAll(store, new Reencryption(store, plainCipher), onProgress);
      if (storeUrlOf(options) === undefined) giveBackPages(store);
      if (done.damaged > 0) {
        throw new NightglassError(
          'STORE_CORRUPT',
          `Cannot decrypt ${done.damaged} values: they are damaged; the store stays marked as encrypted`,
          { hint: 'Restore a backup with "nightglass store restore".' },
        );
      }
      const audit = new AuditLog({ store, now: () => systemClock.now() });
      store.write(() => {
        declareKey(store, null, systemClock.now());
        const detail = { from: store.cipher.keyId, values: done.values };
        audit.record(auditEntry(commandActor(), 'store.decrypted', '', detail));
      });
      return { ...done, keyId: null };
    } finally {
      store.close();
    }
  });
}

/** Whether all is encrypted with the first key; asked alone, before a key is added. */
function isDone(options: DataFolderOptions, keys: StoreKeys): boolean {
  const store = openStoreOf(options, { keys: 'unneeded', holdsFolder: true });
  try {
    if (declaredKey(store, 'complete') !== keys.current.id) return false;
    const target = { ...plainCipher, keyId: keys.current.id };
    return new Reencryption(store, target).pending === 0;
  } finally {
    store.close();
  }
}

function encrypt(options: DataFolderOptions, keys: StoreKeys, onProgress: Progress): Rekeyed {
  const before = openStoreOf(options, { keys: 'unneeded' });
  const from = declaredKey(before, 'complete');
  before.close();
  const store = openStoreOf(options, { keys, holdsFolder: true });
  try {
    const audit = new AuditLog({ store, now: () => systemClock.now() });
    const to = store.cipher.keyId;
    if (from !== to) {
      audit.append(auditEntry(commandActor(), 'store.key_changed', '', { from, to }));
    }
    const done = moveAll(store, new Reencryption(store), onProgress);
    if (storeUrlOf(options) === undefined) giveBackPages(store);
    const { values, damaged } = done;
    audit.append(auditEntry(commandActor(), 'store.rekeyed', '', { to, values, damaged }));
    return { ...done, earlier: keys.all.slice(1).map(({ id }) => id) };
  } finally {
    store.close();
  }
}

function moveAll(store: Store, work: Reencryption, onProgress: Progress): Rekeyed {
  let values = 0;
  onProgress(0, work.pending);
  for (let done = work.step(largeStep); done > 0; done = work.step(largeStep)) {
    values += done;
    onProgress(values, work.pending);
  }
  return {
    keyId: store.cipher.keyId,
    values: values - work.broken,
    damaged: work.broken,
    earlier: [],
  };
}

/** Of SQLite: free pages are given back in parts, and the journal is emptied. */
function giveBackPages(store: Store): void {
  const free = () => Number(store.prepare('PRAGMA freelist_count').get()?.['freelist_count']);
  for (let round = 0; round < 4096 && free() > 0; round += 1) store.compact();
  store.compact();
}

/** Does work on a data folder that no program runs on. @throws NightglassError `STORE_IN_USE` */
export function alone<T>(options: DataFolderOptions, work: (dataDir: string) => T): T {
  const dataDir = dataFolderOf(options);
  const lock = lockDataFolder(dataDir);
  try {
    return work(dataDir);
  } finally {
    lock.close();
  }
}
