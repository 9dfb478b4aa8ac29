import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { it } from 'node:test';
import { migrate } from '../../../src/store/migrate.ts';
import { migrations } from '../../../src/store/migrations.ts';

it('browsers that were known before several people could share one still are', (t) => {
  const database = new DatabaseSync(':memory:');
  t.after(() => database.close());
  const step = migrations.findIndex(({ name }) => name === 'browsers that several people use');
  migrate(database, 1, migrations.slice(0, step));
  const add = (id: string) =>
    database
      .prepare(
        `INSERT INTO accounts (id, name, display_name, origin, role, cameras, watchlists, scopes,
           credentials, created_at, created_by) VALUES (?1, ?1, ?1, 'local', 'viewer', '[]', '[]',
           '[]', 0, 0, 'x')`,
      )
      .run(id);
  const browser = database.prepare('INSERT INTO account_browsers VALUES (?, ?, ?)');
  add('ann');
  add('bob');
  browser.run(Buffer.of(1), 'ann', 5);
  migrate(database, 2, migrations);
  database.prepare('INSERT INTO account_browsers VALUES (?, ?, ?)').run(Buffer.of(1), 'bob', 6);
  const rows = database.prepare('SELECT account_id, used_at FROM account_browsers').all();
  assert.deepEqual(
    rows.map(({ account_id, used_at }) => [account_id, used_at]),
    [
      ['ann', 5],
      ['bob', 6],
    ],
  );
  database.prepare("DELETE FROM accounts WHERE id = 'ann'").run();
  assert.equal(database.prepare('SELECT * FROM account_browsers').all().length, 1);
});
