import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it, type TestContext } from 'node:test';
import { dayMs } from '../../../src/domain/bounds.ts';
import { noClip } from '../../../src/domain/clip.ts';
import { SqliteAlertStore } from '../../../src/services/alerts/alert-store.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { createStore } from '../../../src/store/create-store.ts';
import { migrate, schemaVersion } from '../../../src/store/migrate.ts';
import { migrations } from '../../../src/store/migrations.ts';
import { databaseFileName } from '../../../src/store/open-database.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { alertId, makeAlert, makeEvidence } from '../../support/store/alert-fixture.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

/** Leaves a database as the program of that schema wrote it: an alert with a picture, and its event. */
function olderFolder(t: TestContext, version: number): string {
  const folder = join(temporaryFolder(t), 'data');
  mkdirSync(folder);
  const database = new DatabaseSync(join(folder, databaseFileName));
  migrate(database, 1, migrations.slice(0, version));
  // What later versions added to an alert was not there.
  const { sightings, still, place, lastSeenAt, components, best, clip, ...old } = makeAlert(1);
  const body = JSON.stringify(old);
  const row: Record<string, string | number> = {
    id: old.id,
    state: old.state,
    watchlist_id: old.watchlistId,
    person_id: old.personId,
    camera_id: old.cameraId,
    created_at: old.createdAt,
    alerted_at: old.createdAt,
    two_person_review: 0,
    body,
  };
  const columns = database.prepare('SELECT name FROM pragma_table_info(?)').all('alerts');
  if (columns.some(({ name }) => name === 'delete_at')) row['delete_at'] = old.createdAt + dayMs;
  const names = Object.keys(row);
  database
    .prepare(`INSERT INTO alerts (${names.join()}) VALUES (${names.map(() => '?').join()})`)
    .run(...Object.values(row));
  database
    .prepare('INSERT INTO alert_evidence (alert_id, kind, jpeg) VALUES (?, ?, ?)')
    .run(old.id, 'face', makeEvidence(1).face);
  database.prepare('INSERT INTO alert_events VALUES (NULL, ?, ?, ?)').run(old.id, 'created', body);
  database.close();
  return folder;
}

describe('a database of an older version', () => {
  for (const version of migrations.keys()) {
    if (version === 0) continue;
    it(`of schema ${version} is brought up to date, and its alerts go on`, (t) => {
      const folder = olderFolder(t, version);
      const clock = new FakeClock();
      const store = createStore({ dataDir: folder, clock });
      const alerts = new SqliteAlertStore({
        store,
        audit: new AuditLog({ store, now: clock.now }),
        now: clock.now,
        policy: () => undefined,
      });
      const [alert] = alerts.list();
      assert.deepEqual(alert?.sightings, []);
      assert.equal(alert?.lastSeenAt, makeAlert(1).updatedAt);
      assert.deepEqual(alerts.evidence(alertId(1), 'face'), makeEvidence(1).face);
      assert.equal(alerts.since('0').events[0]?.alert.still, null);
      const { scores, threshold, meanGate, quality, interEyeDistance, place } = makeAlert(1);
      const shown = { scores, threshold, meanGate, quality, interEyeDistance, place };
      const at = makeAlert(1).capturedAt + 60_000;
      const seen = { capturedAt: at, lastSeenAt: at, keyframes: 1, isEnhanced: false };
      const sighted = { ...shown, ...seen, cameraId: 'yard', trackId: 'u', clip: noClip };
      alerts.sight(alertId(1), sighted, makeEvidence(9));
      assert.equal(alerts.list({ cameras: ['yard'] })[0]?.sightings.length, 1);
      const { alert: reviewed } = alerts.review(alertId(1), {
        action: 'acknowledge',
        reviewer: 'ann',
      });
      assert.equal(reviewed.state, 'acknowledged');
      assert.equal(alerts.page().total, 1);
      store.close();
      const database = new DatabaseSync(join(folder, databaseFileName), { readOnly: true });
      assert.equal(schemaVersion(database), migrations.length);
      assert.equal(database.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok');
      database.close();
    });
  }
});
