import type { Store } from '../../../src/store/store.ts';
import { testPostgres } from './test-store.ts';

/** False: the database of the tests refuses every write on this connection, as where it takes none. */
export function setWritable(store: Store, is: boolean): void {
  const [sqlite, postgres] = is ? ['OFF', 'off'] : ['ON', 'on'];
  const statement =
    testPostgres === undefined
      ? `PRAGMA query_only = ${sqlite}`
      : // As a query: a statement of another kind would be a transaction that writes.
        `SELECT set_config('default_transaction_read_only', '${postgres}', false)`;
  store.prepare(statement).all();
}
