import type { Store } from '../../../src/store/store.ts';
import { testPostgres } from './test-store.ts';

/** The audit table takes no record any more. @returns lets it take them again */
export function refuseRecords(store: Store): () => void {
  const run = (sql: string) => store.prepare(sql).run();
  if (testPostgres === undefined) {
    run(
      "CREATE TRIGGER disk_full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk full'); END",
    );
    return () => run('DROP TRIGGER disk_full');
  }
  run(
    "CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''disk full''; END'",
  );
  run('CREATE TRIGGER disk_full BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION disk_full()');
  return () => run('DROP TRIGGER disk_full ON audit');
}
