import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import type { AlertClip } from '../../../../src/domain/clip.ts';
import { SqliteAlertStore } from '../../../../src/services/alerts/alert-store.ts';
import { alertsService } from '../../../../src/services/alerts/alerts-service.ts';
import { inTurns } from '../../../../src/services/in-turns.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { makeKey, StoreKeys } from '../../../../src/store/encryption/store-keys.ts';
import { clipsOf, madeClip } from '../../../support/services/clips-of.ts';
import { lookAlikesOf } from '../../../support/services/look-alikes-of.ts';
import {
  alertId,
  makeAlert,
  makeEvidence,
  makeSighting,
} from '../../../support/store/alert-fixture.ts';
import { ByteSearch } from '../../../support/store/byte-search.ts';
import { openStore } from '../../../support/store/open-store.ts';

const pending: AlertClip = { state: 'pending' };
/** A little more than two parts of the store. */
const file = () => randomBytes(600_000);
const dayMs = 86_400_000;
const place = (number: number, appearance = 0) => ({ alertId: alertId(number), appearance });

function setUp(t: TestContext, options: Parameters<typeof openStore>[1] = {}) {
  const opened = openStore(t, options);
  const { store, clock } = opened;
  const alerts = new SqliteAlertStore({
    store,
    audit: new AuditLog({ store, now: clock.now }),
    now: clock.now,
    policy: () => ({ retentionDays: 1, twoPersonReview: false }),
  });
  const clips = clipsOf(store);
  const service = alertsService(alerts, clips, lookAlikesOf(store));
  return {
    ...{ ...opened, alerts, clips },
    raise: (number: number) =>
      alerts.insert({ ...makeAlert(number), clip: pending }, makeEvidence(number)),
    /** Keeps a clip and says so in its alert. */
    async keep(number: number, appearance: number, bytes: Uint8Array) {
      const kept = await inTurns(clips.keep(place(number, appearance), madeClip(bytes)));
      assert.ok(typeof kept !== 'string', String(kept));
      assert.ok(alerts.setClip(place(number, appearance), kept));
      return kept;
    },
    read(number: number, appearance: number, from = 0, until = Number.POSITIVE_INFINITY) {
      const clip = service.clip(alertId(number), appearance);
      return clip && Buffer.concat([...clip.read(from, Math.min(until, clip.bytes))]);
    },
    /** Pieces of each of these that are in the data folder. */
    left(...contents: readonly Uint8Array[]) {
      const search = new ByteSearch(opened.dataDir);
      return contents.map((bytes) => search.pieces(bytes));
    },
  };
}

describe('clips of alerts', () => {
  it('come back as they were written, whole and by parts', async (t) => {
    const { keep, raise, read } = setUp(t);
    const bytes = file();
    raise(1);
    const kept = await keep(1, 0, bytes);
    assert.equal(kept.sha256, createHash('sha256').update(bytes).digest('hex'));
    assert.deepEqual(read(1, 0), bytes);
    assert.deepEqual(read(1, 0, 262_000, 263_000), bytes.subarray(262_000, 263_000));
    assert.deepEqual(read(1, 0, 524_288, 524_289), bytes.subarray(524_288, 524_289));
  });

  it('go byte by byte with their alert when its time is over, and no others', async (t) => {
    const { alerts, clips, keep, left, raise, read, store } = setUp(t);
    const { createdAt } = makeAlert(1);
    const [first, sighted, other] = [file(), file(), file()];
    raise(1);
    alerts.sight(alertId(1), { ...makeSighting('u', createdAt), clip: pending }, null);
    alerts.insert(
      { ...makeAlert(2, { createdAt: createdAt + dayMs }), clip: pending },
      makeEvidence(2),
    );
    await keep(1, 0, first);
    await keep(1, 1, sighted);
    await keep(2, 0, other);
    store.compact();
    const whole = Math.floor(other.length / 8);
    for (const pieces of left(first, sighted, other)) assert.ok(pieces > 0.99 * whole);
    const now = createdAt + dayMs + 1;
    while (clips.purgeDue(now, 2) > 0);
    assert.equal(alerts.purgeExpired(now, 10), 1);
    store.compact();
    const [ofFirst, ofSighted, ofOther = 0] = left(first, sighted, other);
    assert.deepEqual([ofFirst, ofSighted], [0, 0]);
    assert.ok(ofOther > 0.99 * whole);
    assert.deepEqual(read(2, 0), other);
  });

  it('go with their alert alone, too, and none is written for one that is gone', async (t) => {
    const { alerts, clips, keep, left, raise, store } = setUp(t);
    const [bytes, late] = [file(), file()];
    raise(1);
    await keep(1, 0, bytes);
    assert.equal(alerts.purgeExpired(makeAlert(1).createdAt + dayMs + 1, 10), 1);
    assert.equal(await inTurns(clips.keep(place(1), madeClip(late))), 'not_stored');
    assert.equal(alerts.setClip(place(1), { state: 'none', reason: 'damaged' }), false);
    store.compact();
    assert.deepEqual([...left(bytes, late), clips.bytes()], [0, 0, 0]);
  });

  it('leave nothing where their quota is used up', async (t) => {
    const { left, raise, store } = setUp(t);
    const bytes = file();
    raise(1);
    const small = clipsOf(store, { quota: 500_000 });
    assert.equal(await inTurns(small.keep(place(1), madeClip(bytes))), 'quota');
    store.compact();
    assert.deepEqual(left(bytes), [0]);
  });

  it('are nowhere in the clear where the store has a key', async (t) => {
    const keys = StoreKeys.parse(makeKey().text, 'keys');
    const { keep, left, raise, read, store } = setUp(t, { keys });
    const bytes = file();
    raise(1);
    await keep(1, 0, bytes);
    store.compact();
    assert.deepEqual(left(bytes), [0]);
    assert.deepEqual(read(1, 0), bytes);
  });
});
