import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { calibrationService } from '../../../../src/services/search/calibration-service.ts';
import { StrangerScores } from '../../../../src/services/search/stranger-scores.ts';
import { WatchlistStore } from '../../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { CalibrationTable } from '../../../../src/store/calibration-table.ts';
import { StrangerScoreTable } from '../../../../src/store/stranger-score-table.ts';
import { sampleAlert } from '../../../support/gateway/sample-alert.ts';
import { listMatch, trackTemplate } from '../../../support/marbles-faces.ts';
import { listInput } from '../../../support/services/watchlist-fixture.ts';
import { fillDisk, openStore } from '../../../support/store/open-store.ts';

const hour = 3_600_000;

function setUp(t: TestContext) {
  const { store, clock } = openStore(t);
  const audit = new AuditLog({ store, now: clock.now });
  const lists = new WatchlistStore({ store, audit, now: clock.now });
  const { id: watchlistId } = lists.create(listInput());
  const table = new StrangerScoreTable(store);
  const runs = new CalibrationTable(store);
  const calibration = calibrationService({
    store,
    audit,
    table,
    runs,
    watchlists: lists,
    model: 'test',
    threshold: () => 0.4,
    now: clock.now,
  });
  const faults: unknown[] = [];
  const strangers = new StrangerScores({
    table,
    stopped: () => runs.stopped(),
    clock,
    model: 'test',
    recogniser: 'hash',
    onError: (error) => faults.push(error),
  });
  t.after(() => strangers.close());
  const seen = (trackId: string, fused: number, matched = false) =>
    strangers.matched({
      kind: 'matched',
      cause: 'keyframe',
      template: trackTemplate(trackId),
      matches: [listMatch(fused, { watchlistId, matched })],
    });
  const bins = (since = 0) =>
    table
      .ofCamera('cam', 'test', since)
      .flatMap(({ bins: of }) => of.map(({ from, count }) => [from, count]));
  return {
    store,
    clock,
    lists,
    watchlistId,
    table,
    strangers,
    seen,
    bins,
    faults,
    audit,
    calibration,
  };
}

describe('scores of strangers', () => {
  it('are the best of each track that ended without an alert', (t) => {
    const { strangers, seen, bins } = setUp(t);
    seen('a', 0.201);
    seen('a', 0.312);
    seen('a', 0.25);
    seen('b', 0.3141);
    seen('c', 0.4);
    seen('c', 0.9, true);
    seen('d', 0.1);
    for (const trackId of ['a', 'b', 'c', 'unknown']) strangers.ended(trackId);
    strangers.flush();
    // The third raised an alert, the fourth is still in view.
    assert.deepEqual(bins(), [[0.31, 2]]);
    strangers.close();
    assert.deepEqual(bins(), [
      [0.1, 1],
      [0.31, 2],
    ]);
  });

  it('take in dismissed alerts of the models in use', (t) => {
    const { strangers, watchlistId, bins } = setUp(t);
    const alert = (sha256: string) => ({
      ...sampleAlert(1, { watchlistId, cameraId: 'cam' }),
      scores: { raw: 0.5, enhanced: null, fused: 0.62 },
      models: [{ name: 'm', task: 'embed' as const, sha256 }],
    });
    strangers.dismissed(alert('other'));
    strangers.dismissed(alert('hash'));
    strangers.flush();
    assert.deepEqual(bins(), [[0.62, 1]]);
  });

  it('are kept by the hour for 90 days, and go with their list', (t) => {
    const { clock, lists, strangers, seen, bins, table, watchlistId } = setUp(t);
    const pass = (trackId: string, score: number) => {
      seen(trackId, score);
      strangers.ended(trackId);
      strangers.flush();
    };
    pass('a', 0.1);
    clock.advance(2 * hour);
    pass('b', 0.2);
    assert.deepEqual(bins(clock.now() - hour), [[0.2, 1]]);
    assert.equal(bins().length, 2);
    clock.advance(90 * 24 * hour);
    pass('c', 0.3);
    assert.equal(table.purgeOld(clock.now()), 1);
    assert.deepEqual(bins(), [
      [0.2, 1],
      [0.3, 1],
    ]);
    lists.delete(watchlistId);
    pass('d', 0.4);
    assert.deepEqual(bins(), []);
  });

  it('are not counted after somebody stopped it, and counted from nothing after a start, on record', async (t) => {
    const { audit, calibration, clock, strangers, seen, bins } = setUp(t);
    const by = { name: 'chief' };
    const pass = (trackId: string, score: number) => {
      seen(trackId, score);
      strangers.ended(trackId);
      strangers.flush();
    };
    const report = () => calibration.report({ cameraId: 'cam', hours: 24, fpir: undefined });
    pass('a', 0.1);
    const before = await report();
    assert.deepEqual([before.counting, before.startedAt, before.stoppedAt], [true, null, null]);
    await calibration.stop('cam', by);
    const stoppedAt = clock.now();
    clock.advance(1000);
    pass('b', 0.2);
    await calibration.stop('cam', by);
    assert.deepEqual(bins(), [[0.1, 1]]);
    const stopped = await report();
    assert.deepEqual([stopped.counting, stopped.stoppedAt], [false, stoppedAt]);
    await calibration.start('cam', by);
    assert.deepEqual(bins(), []);
    pass('c', 0.3);
    assert.deepEqual(bins(), [[0.3, 1]]);
    const started = await report();
    assert.deepEqual(
      [started.counting, started.startedAt, started.stoppedAt],
      [true, clock.now(), null],
    );
    const records = audit.list({ who: 'chief' }).map(({ what, target }) => [what, target]);
    assert.deepEqual(records, [
      ['calibration.stopped', 'cam'],
      ['calibration.stopped', 'cam'],
      ['calibration.started', 'cam'],
    ]);
  });

  it('wait while the data folder cannot be written', (t) => {
    const { store, strangers, seen, bins, faults } = setUp(t);
    const free = fillDisk(store);
    for (let i = 0; i < 2000; i += 1) {
      seen(`${i}`, (i % 400) / 200 - 1);
      strangers.ended(`${i}`);
    }
    strangers.flush();
    assert.equal(faults.length, 1);
    free();
    strangers.flush();
    assert.equal(
      bins().reduce((sum, [, count]) => sum + (count as number), 0),
      2000,
    );
  });
});
