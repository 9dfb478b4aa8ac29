import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createMemoryStore as createSqliteInMemory,
  createStore as createSqliteStore,
} from '../../../src/store/create-store.ts';
import { createPostgresStore } from '../../../src/store/postgres/create-postgres-store.ts';
import { readPostgresAddress } from '../../../src/store/postgres/postgres-address.ts';
import type { Store, StoreOptions } from '../../../src/store/store.ts';

/** A PostgreSQL server that the stores of the tests are made in; unset: SQLite. */
export const testPostgres = process.env['NIGHTGLASS_TEST_POSTGRES'];
const ofFolder = new Map<string, string>();

/** A store that ends with the process: SQLite in memory, or a schema of its own in PostgreSQL. */
export function createMemoryStore(options: Omit<StoreOptions, 'dataDir' | 'access'> = {}): Store {
  if (testPostgres === undefined) return createSqliteInMemory(options);
  const dataDir = mkdtempSync(join(tmpdir(), 'nightglass-test-'));
  process.on('exit', () => rmSync(dataDir, { recursive: true, force: true }));
  const store = inPostgres({ ...options, dataDir }, testPostgres);
  // As in memory: no file stands beside it.
  return Object.assign(store, { folder: undefined });
}

/** The store of a data folder: its SQLite file, or always the same schema in PostgreSQL. */
export function createStore(options: StoreOptions): Store {
  return testPostgres === undefined
    ? createSqliteStore(options)
    : inPostgres(options, testPostgres);
}

function inPostgres(options: StoreOptions, server: string): Store {
  const schema = ofFolder.get(options.dataDir) ?? `t_${randomBytes(8).toString('hex')}`;
  ofFolder.set(options.dataDir, schema);
  // A machine that runs many tests at once answers late.
  const limits = { connectMs: 30_000, statementMs: 30_000, lockMs: 20_000, doubtMs: 30_000 };
  return createPostgresStore(options, readPostgresAddress(`${server}?schema=${schema}`), limits);
}
