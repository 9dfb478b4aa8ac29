import { systemClock } from '../../domain/clock.ts';
import { adoptKey } from '../adopt-key.ts';
import { openCipher } from '../encryption/open-cipher.ts';
import type { ValueCipher } from '../encryption/value-cipher.ts';
import { makeFolder } from '../open-database.ts';
import type { Store, StoreOptions } from '../store.ts';
import type { PostgresLimits } from './channel-messages.ts';
import { migratePostgres } from './migrate-postgres.ts';
import { type PostgresAddress, placeOfPostgres } from './postgres-address.ts';
import { PostgresFault, startError } from './postgres-fault.ts';
import { PostgresStore } from './postgres-store.ts';
import { StatementChannel } from './statement-channel.ts';

/** So long the event loop is held at most when the server stops answering: once. */
export const defaultLimits: PostgresLimits = {
  connectMs: 5000,
  statementMs: 2000,
  lockMs: 1500,
  doubtMs: 2000,
};

/**
 * Opens the store in PostgreSQL; the data folder keeps the files.
 * @throws NightglassError `STORE_UNREACHABLE`, `STORE_REFUSED`, `STORE_IN_USE`,
 * `STORE_KEY_MISSING`, `ENVIRONMENT`
 */
export function createPostgresStore(
  options: StoreOptions,
  address: PostgresAddress,
  limits: PostgresLimits = defaultLimits,
): Store {
  const { clock = systemClock, dataDir } = options;
  makeFolder(dataDir);
  let channel: StatementChannel | undefined;
  try {
    channel = new StatementChannel({
      ...{ address, limits, clock, exclusive: options.holdsFolder === true },
      onEnd: (reason) =>
        options.log?.error(
          { reason },
          'The thread that talks to PostgreSQL ended: it is started again',
        ),
    });
    migratePostgres(channel, address.schema, clock.now());
    const { schema } = address;
    const { doubtMs } = limits;
    const plain = new PostgresStore({ channel, schema, doubtMs, options });
    const cipher = cipherOf(plain, options, clock.now());
    return new PostgresStore({ channel, schema, doubtMs, cipher, options });
  } catch (error) {
    channel?.close();
    throw error instanceof PostgresFault ? startError(error, placeOfPostgres(address)) : error;
  }
}

/** A new key is taken into use by the program that has the database for itself. */
function cipherOf(store: Store, options: StoreOptions, now: number): ValueCipher {
  const { dataDir, keys, holdsFolder: held } = options;
  const cipher = openCipher(store, keys, 'complete');
  if (keys === undefined || keys === 'unneeded' || cipher.keyId === keys.current.id) return cipher;
  if (held === true && adoptKey(store, keys, { dataDir, now, held })) {
    return openCipher(store, keys, 'complete');
  }
  options.log?.warn(
    { keyId: keys.current.id },
    'This key of the store is taken into use by the program that runs on it, not by a command',
  );
  return cipher;
}
