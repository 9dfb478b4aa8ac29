import { createStore } from '../create-store.ts';
import { assertNoRecordsHere, markElsewhere } from '../elsewhere-mark.ts';
import { databaseFileName, makeFolder } from '../open-database.ts';
import type { Store, StoreOptions } from '../store.ts';
import { createPostgresStore } from './create-postgres-store.ts';
import { placeOfPostgres, readPostgresAddress } from './postgres-address.ts';

/**
 * Opens the store of a data folder: in PostgreSQL where an address is given, else in SQLite.
 * @param url with its password; it appears in no message
 * @throws NightglassError as `createStore` and `createPostgresStore`, and `STORE_REFUSED` where the
 * records of the folder are in the other one
 */
export function openStore(options: StoreOptions, url: string | undefined): Store {
  if (url === undefined) return createStore(options);
  const address = readPostgresAddress(url);
  makeFolder(options.dataDir);
  assertNoRecordsHere(options.dataDir, databaseFileName);
  markElsewhere(options.dataDir, placeOfPostgres(address));
  return createPostgresStore(options, address);
}
