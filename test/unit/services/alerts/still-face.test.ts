import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Presence } from '../../../../src/operators/presence.ts';
import { SqliteAlertStore } from '../../../../src/services/alerts/alert-store.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { createStore } from '../../../../src/store/create-store.ts';
import { fusedKeyframe, listMatch, trackTemplate } from '../../../support/marbles-faces.ts';
import { alertId, makeAlert, makeEvidence } from '../../../support/store/alert-fixture.ts';
import { openStore } from '../../../support/store/open-store.ts';

it('a still face stays marked over restarts, until somebody lifts the mark', (t) => {
  const { store, clock, dataDir } = openStore(t);
  const match = listMatch(0.7, { watchlistId: 'list-1', personId: 'person-1' });
  const latest = fusedKeyframe('poster', 0, { cameraId: 'gate' });
  const template = trackTemplate('poster', { cameraId: 'gate', latest });
  const { box, frameWidth, frameHeight } = latest;
  const place = {
    x: box.x / frameWidth,
    y: box.y / frameHeight,
    width: box.width / frameWidth,
    height: box.height / frameHeight,
  };
  const open = (of: typeof store) => {
    const alerts = new SqliteAlertStore({
      store: of,
      audit: new AuditLog({ store: of, now: clock.now }),
      now: clock.now,
      policy: () => undefined,
    });
    const presence = new Presence({
      store: alerts,
      clock,
      quietPeriod: 1_000,
      stillAfter: 5_000,
      onError: (error) => assert.fail(String(error)),
    });
    return { alerts, presence };
  };
  const first = open(store);
  first.alerts.insert(makeAlert(1), makeEvidence(1));
  first.presence.join(template, match, alertId(1));
  const { capturedAt } = latest;
  for (let at = capturedAt; at <= capturedAt + 6_000; at += 1_000) {
    first.presence.seen({ cameraId: 'gate', trackId: 'poster', at, place });
  }
  assert.ok(first.alerts.get(alertId(1)).alert.still, 'marked');
  store.close();

  clock.advance(3_600_000);
  const again = createStore({ dataDir, clock });
  t.after(() => again.close());
  const { alerts, presence } = open(again);
  assert.equal(alerts.get(alertId(1)).alert.still?.liftedAt, null);
  assert.equal(presence.covering(template, match), alertId(1));
  alerts.liftStill(alertId(1), 'ann');
  assert.equal(presence.covering(template, match), null, 'it alerts again');
});
