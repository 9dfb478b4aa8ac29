import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { SqliteAlertStore } from '../../../src/services/alerts/alert-store.ts';
import { WatchlistStore } from '../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { createStore } from '../../../src/store/create-store.ts';
import { runCommand } from '../../support/cli/run-command.ts';
import { portraits, toJpeg } from '../../support/images/portraits.ts';
import { testManifest } from '../../support/live/demo-footage.ts';
import { listInput, templateFor, vectorAt } from '../../support/services/watchlist-fixture.ts';
import { alertId, makeAlert } from '../../support/store/alert-fixture.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

it('nightglass learning lists, exports and excludes, only where the configuration says so', async (t) => {
  const dataDir = temporaryFolder(t);
  const [portrait = assert.fail()] = await portraits();
  const jpeg = await toJpeg(portrait);
  const store = createStore({ dataDir });
  const now = () => Date.now();
  const audit = new AuditLog({ store, now });
  const watchlists = new WatchlistStore({ store, audit, now });
  const policy = () => ({ retentionDays: 30, twoPersonReview: false });
  const alerts = new SqliteAlertStore({ store, audit, now, policy });
  const list = watchlists.create(listInput());
  const person = watchlists.addPerson(list.id, { name: 'Ada Lovegrove' });
  const template = watchlists.addTemplate(templateFor(person.id, vectorAt(1), { image: jpeg }));
  const about = { watchlistId: list.id, personId: person.id, templateId: template.id };
  alerts.insert(makeAlert(1, { ...about, createdAt: now() }), {
    ...{ frame: jpeg, face: jpeg, enhanced: null, enrolled: jpeg, best: [jpeg] },
  });
  for (const action of ['acknowledge', 'confirm'] as const) {
    alerts.review(alertId(1), { action, reviewer: 'ann' });
  }
  alerts[Symbol.dispose]();
  store.close();

  const config = join(dataDir, 'nightglass.yaml');
  const learning = (...words: string[]) => runCommand(['learning', ...words, '-c', config]);
  writeFileSync(config, `data: ${dataDir}\n`);
  assert.match((await learning('list')).stderr, /CONFIG_INVALID/, 'off by default');
  writeFileSync(config, `data: ${dataDir}\nlearning: { legalBasis: Consent, retention: 10d }\n`);
  assert.match((await learning('list')).stderr, /learning\.watchlists/, 'nothing is assumed');
  const withLists = (ids: string) =>
    writeFileSync(
      config,
      `data: ${dataDir}\nlearning: { legalBasis: Consent, retention: 10d, watchlists: [${ids}] }\n`,
    );
  withLists(`${list.id}, mistyped`);
  assert.match((await learning('list')).stderr, /not there: mistyped/);
  withLists(list.id);
  const listed = await learning('list', '--json');
  assert.equal(listed.code, 0, listed.stderr);
  const { people } = JSON.parse(listed.stdout);
  assert.deepEqual([people[0].personId, people[0].alerts], [person.id, 1]);
  assert.ok(!listed.stdout.includes('Ada'));

  const folder = join(dataDir, 'samples');
  const asked = ['export', folder, '--reason', 'increment 1', '--manifest', testManifest, '--json'];
  const none = await learning(...asked);
  assert.match(none.stderr, /NOT_FOUND/, 'a portrait is no poor face');
  const small = createStore({ dataDir });
  const shrunk = await toJpeg(quarter(quarter(portrait)));
  const other = new SqliteAlertStore({
    store: small,
    audit: new AuditLog({ store: small, now }),
    now,
    policy,
  });
  other.insert(makeAlert(2, { ...about, createdAt: now() }), {
    ...{ frame: jpeg, face: jpeg, enhanced: null, enrolled: jpeg, best: [shrunk] },
  });
  for (const action of ['acknowledge', 'confirm'] as const) {
    other.review(alertId(2), { action, reviewer: 'ann' });
  }
  other[Symbol.dispose]();
  small.close();
  const done = await learning(...asked);
  assert.equal(done.code, 0, done.stderr);
  const made = JSON.parse(done.stdout);
  assert.deepEqual([made.people, made.pictures, made.leftOut.clear], [1, 1, 1]);
  const { samples } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  const recorded = samples.find(({ role }: { role: string }) => role === 'recorded');
  assert.deepEqual(readFileSync(join(folder, recorded.file)), shrunk);
  assert.ok(recorded.interEyeDistance > 4 && recorded.interEyeDistance < 24);

  assert.equal((await learning('exclude', person.id)).code, 0);
  const excluded = JSON.parse((await learning('list', '--json')).stdout);
  assert.deepEqual([excluded.people.length, excluded.excluded[0].personId], [0, person.id]);
  assert.equal((await learning('include', person.id)).code, 0);
  assert.match((await learning('include', person.id)).stderr, /CONFLICT/);
});

/** Half as wide and high. */
function quarter({ width, height, data }: { width: number; height: number; data: Uint8Array }) {
  const [w, h] = [Math.floor(width / 2), Math.floor(height / 2)];
  const half = Uint8Array.from({ length: w * h * 3 }, (_, at) => {
    const [x, y, c] = [Math.floor(at / 3) % w, Math.floor(at / 3 / w), at % 3];
    const of = (dx: number, dy: number) => data[((2 * y + dy) * width + 2 * x + dx) * 3 + c] ?? 0;
    return (of(0, 0) + of(1, 0) + of(0, 1) + of(1, 1)) / 4;
  });
  return { width: w, height: h, data: half };
}
