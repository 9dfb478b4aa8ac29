import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import { createKeyFile } from '../../../src/cli/key-file.ts';
import { systemClock } from '../../../src/domain/clock.ts';
import { AcceptanceTests } from '../../../src/services/acceptance/acceptance-tests.ts';
import { AccountStore } from '../../../src/services/access/account-store.ts';
import { PasswordHasher } from '../../../src/services/access/password-hasher.ts';
import { AcceptanceTable } from '../../../src/store/acceptance-table.ts';
import { createStore } from '../../../src/store/create-store.ts';
import { StoreKeys } from '../../../src/store/encryption/store-keys.ts';
import { databaseFileName } from '../../../src/store/open-database.ts';
import type { Store } from '../../../src/store/store.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { putFaces, servicesOn } from './faces-in-store.ts';

const now = Date.now;
const day = 86_400_000;

/** Encrypted, with lists, people, alerts, accounts and values at the ends of their ranges. */
export function installation(t: TestContext, url: string) {
  const folder = temporaryFolder(t);
  const at = (name: string) => join(folder, name);
  const dataDir = at('data');
  createKeyFile(at('keys'));
  writeFileSync(at('url'), `${url}\n`, { mode: 0o600 });
  writeFileSync(
    at('c.yaml'),
    'data: ./data\nstore: { encryption: { keyFile: keys }, url: { file: url } }\n',
  );
  const keys = () => StoreKeys.parse(readFileSync(at('keys'), 'utf8'), 'keys');
  const store = createStore({ dataDir, keys: keys(), holdsFolder: true });
  const { alerts, audit, lists } = putFaces(store, now, 6, 5);
  alerts[Symbol.dispose]();
  const hasher = new PasswordHasher(systemClock);
  new AccountStore({ store, audit, now, hasher }).invite({ name: 'ann', role: 'viewer' });
  putTest(new AcceptanceTests({ store, audit, watchlists: lists, now }));
  store.write(() => {
    const days = store.prepare('INSERT INTO alert_retention VALUES (?, ?)');
    [0.1 + 0.2, 5e-324, 1.7976931348623157e308, 30].forEach((value, n) => {
      days.run(`list ${n}`, value);
    });
    const counts = store.prepare('INSERT INTO outbox_counts VALUES (?, ?, ?)');
    counts.run('d\u00e9j\u00e0 "vu" \u{1f600} \\ \n', '', 9_007_199_254_740_993n);
    counts.run('', 'x', -9_223_372_036_854_775_808n);
    const arming = 'INSERT INTO arming VALUES (?, ?, 1, ?, NULL, 5, ?, 0)';
    store.prepare(arming).run('camera', 'gate', 'person', 6);
    // Its number is never given again.
    store
      .prepare('DELETE FROM alert_events WHERE sequence = (SELECT max(sequence) FROM alert_events)')
      .run();
  });
  store.close();
  return { folder, dataDir, keys, config: at('c.yaml') };
}

/** A test under way with a volunteer, a walk that ended and one that goes on. */
function putTest(tests: AcceptanceTests): void {
  const by = { name: 'ann' };
  const [legalBasis, authorisation, owner] = ['consent', 'File 9', 'Desk 4'];
  const plan = { rate: 0.9, halfWidth: 0.1, fpir: 0.001 };
  const endsAt = now() + 30 * day;
  const list = { name: 'Gate test', legalBasis, authorisation, owner, cameras: '*' as const };
  const { id } = tests.start({ ...list, plan, endsAt }, by);
  const expiresAt = endsAt + day;
  const consent = { givenAt: now(), textVersion: 'v1', textSha256: 'ab', expiresAt };
  tests.addVolunteer(id, { name: 'V 1', groups: { age: '18-39' }, consent }, by);
  const walk = { volunteer: 1, light: 'day' as const, endedAt: null, quietMs: 60_000 };
  tests.addWalk(id, { ...walk, cameraId: 'gate' }, by);
  tests.endWalk(id, 1, by);
  tests.addWalk(id, { ...walk, cameraId: 'door' }, by);
}

/** What its SQLite database holds. */
export function readSqlite(dataDir: string, keys: () => StoreKeys) {
  const store = createStore({ dataDir, keys: keys() });
  const found = readRecords(store);
  store.close();
  using database = new DatabaseSync(join(dataDir, databaseFileName), { readOnly: true });
  const counts = Object.fromEntries(
    database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .all()
      .map(({ name }) => String(name))
      .filter((name) => name !== 'schema_migrations')
      .map((name) => [
        name,
        Number(database.prepare(`SELECT count(*) AS n FROM ${name}`).get()?.['n']),
      ]),
  );
  const lastEvent = database
    .prepare("SELECT seq FROM sqlite_sequence WHERE name = 'alert_events'")
    .get()?.['seq'];
  return { ...found, counts, lastEvent: Number(lastEvent) };
}

/** What services and tables say. */
export function readRecords(store: Store) {
  const { alerts, lists } = servicesOn(store, now);
  const page = alerts.list({ limit: 100 });
  const all = lists.list();
  const acceptance = new AcceptanceTable(store);
  const people = all.flatMap(({ id }) => lists.templatesOfList(id));
  const content = {
    lists: all,
    people,
    portraits: people.map(({ id }) => Buffer.from(lists.templateImage(id) ?? [])),
    page,
    pictures: page.map(({ id }) => Buffer.from(alerts.evidence(id, 'face') ?? [])),
    acceptance: acceptance
      .tests()
      .map((test) => [test, acceptance.volunteers(test.id), acceptance.walks(test.id)]),
    accounts: store
      .prepare('SELECT * FROM accounts ORDER BY id')
      .all()
      .map((row) => ({ ...row })),
    retention: store
      .prepare(
        "SELECT * FROM alert_retention WHERE watchlist_id LIKE 'list %' ORDER BY watchlist_id",
      )
      .all()
      .map((row) => ({ ...row })),
  };
  alerts[Symbol.dispose]();
  const last = store.prepare('SELECT max(sequence) AS last FROM alert_events').get()?.['last'];
  return { content, lastEvent: Number(last) };
}
