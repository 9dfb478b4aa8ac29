import type { TestContext } from 'node:test';
import type { Store, StoreOptions } from '../../../src/store/store.ts';
import { FakeClock } from '../fake-clock.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { createStore, testPostgres } from './test-store.ts';

/** A log that says nothing. */
export const silentLog = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** A store in a folder of the test's own, on a clock that stands still. */
export function openStore(
  t: TestContext,
  options: Partial<StoreOptions> = {},
): { store: Store; clock: FakeClock; dataDir: string } {
  const dataDir = options.dataDir ?? temporaryFolder(t);
  const clock = new FakeClock();
  const store = createStore({ clock, ...options, dataDir });
  t.after(() => store.close());
  return { store, clock, dataDir };
}

/** Lets the database take no further page, as on a full disk, until undone. */
export function fillDisk(store: Store): () => void {
  if (testPostgres !== undefined) return refuseWrites(store);
  const pages = Number(store.prepare('PRAGMA page_count').get()?.['page_count']);
  // A pragma's argument counts when it is prepared, so the cache of statements must not serve it.
  store.prepare(`PRAGMA max_page_count = ${pages}`).get();
  return () => store.prepare('PRAGMA max_page_count = 1000000').get();
}

/** PostgreSQL answers so where its disk is full, or where it is a standby. */
function refuseWrites(store: Store): () => void {
  const set = (value: 'on' | 'off') =>
    store.prepare("SELECT set_config('default_transaction_read_only', ?, false)").get(value);
  set('on');
  return () => set('off');
}
