import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { dayMs, shadowBounds } from '../../../../src/domain/bounds.ts';
import type { ShadowComparison, ShadowVerdict } from '../../../../src/domain/shadow.ts';
import { SqliteAlertStore } from '../../../../src/services/alerts/alert-store.ts';
import {
  type ShadowView,
  shadowReport,
  wholeShadowView,
} from '../../../../src/services/shadow/shadow-report.ts';
import { ShadowRuns } from '../../../../src/services/shadow/shadow-runs.ts';
import { WatchlistStore } from '../../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { ShadowTable } from '../../../../src/store/shadow-table.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { listInput } from '../../../support/services/watchlist-fixture.ts';
import { alertId, makeAlert, makeEvidence } from '../../../support/store/alert-fixture.ts';
import { createMemoryStore } from '../../../support/store/test-store.ts';

const by = { name: 'ann' };
const wanted = {
  ...{ name: 'embed', version: '2', manifest: '/two/manifest.json' },
  ...{ manifestSha256: 'ab', against: '/one/manifest.json' },
};

function setUp(t: TestContext) {
  const clock = new FakeClock();
  const store = createMemoryStore({ clock });
  t.after(() => store.close());
  const now = clock.now;
  const audit = new AuditLog({ store, now });
  const watchlists = new WatchlistStore({ store, audit, now });
  const runs = new ShadowRuns({ store, audit, now });
  const table = new ShadowTable(store);
  const alerts = new SqliteAlertStore({
    ...{ store, audit, now },
    policy: (id) => watchlists.find(id),
  });
  t.after(() => alerts[Symbol.dispose]());
  const report = (view: ShadowView = wholeShadowView) => shadowReport({ table, watchlists }, view);
  const actions = () =>
    audit
      .list({ order: 'oldest', limit: 100 })
      .filter(({ what }) => what.startsWith('models.'))
      .map(({ what, target, detail }) => [what, target, (detail as { end?: string }).end ?? null]);
  return { clock, store, watchlists, runs, table, alerts, report, actions };
}

const verdict = (score: number | null, personId: string | null, reported = false) =>
  ({ score, personId, reported }) satisfies ShadowVerdict;

function compared(
  watchlistId: string,
  inUse: ShadowVerdict,
  shadow: ShadowVerdict,
  changes: Partial<ShadowComparison> = {},
): ShadowComparison {
  return {
    ...{ cameraId: 'gate', watchlistId, at: 0, inUse, shadow },
    ...{ alertId: null, milliseconds: 40 },
    ...changes,
  };
}

describe('a run of models beside those in use', () => {
  it('is one at a time, for a bounded time, and each change is on record', (t) => {
    const { actions, clock, runs, table } = setUp(t);
    assert.throws(() => runs.start(wanted, 91, by), { code: 'USAGE' });
    assert.throws(() => runs.start(wanted, 0, by), { code: 'USAGE' });
    assert.throws(() => runs.start({ ...wanted, manifest: wanted.against }, 3, by), {
      code: 'CONFLICT',
    });
    assert.throws(() => runs.stop(by), { code: 'NOT_FOUND' });
    const run = runs.start(wanted, 3, by);
    assert.equal(run.until, clock.now() + 3 * dayMs);
    assert.deepEqual(table.running(), run);
    assert.throws(() => runs.start({ ...wanted, manifest: '/three' }, 3, by), {
      code: 'CONFLICT',
    });
    assert.equal(runs.stop(by).end, 'stopped');
    assert.equal(table.running(), undefined);
    assert.equal(table.latest()?.end, 'stopped');
    assert.deepEqual(actions(), [
      ['models.shadow_started', 'embed@2', null],
      ['models.shadow_ended', 'embed@2', 'stopped'],
    ]);
  });

  it('ends when its version is put to use, or another one, and not with the one in use', (t) => {
    const { actions, runs, table } = setUp(t);
    runs.start(wanted, 3, by);
    runs.modelsUsed(wanted.against, by);
    assert.ok(table.running());
    runs.modelsUsed(wanted.manifest, by);
    assert.equal(table.latest()?.end, 'used');
    runs.start(wanted, 3, by);
    runs.modelsUsed('/other/manifest.json', by);
    assert.equal(table.running(), undefined);
    // Nothing runs: nothing ends.
    runs.modelsUsed(wanted.manifest, by);
    assert.deepEqual(
      actions().map(([, , end]) => end),
      [null, 'used', null, 'superseded'],
    );
  });

  it('is forgotten long after its end, with its counts', (t) => {
    const { clock, runs, store, table, watchlists } = setUp(t);
    const list = watchlists.create(listInput());
    const run = runs.start(wanted, 3, by);
    table.add(run.id, [compared(list.id, verdict(0.4, 'p'), verdict(0.3, 'p'))]);
    runs.stop(by);
    assert.equal(table.purgeOld(clock.now() + shadowBounds.keptMs), 0);
    assert.equal(table.purgeOld(clock.now() + shadowBounds.keptMs + 1), 1);
    assert.deepEqual([table.counts(run.id), table.scores(run.id)], [[], []]);
    assert.equal(store.prepare('SELECT count(*) AS n FROM shadow_counts').get()?.['n'], 0);
  });
});

describe('what both versions say of tracks', () => {
  it('is counted by list, camera and day; neither people nor tracks are kept', (t) => {
    const { clock, report, runs, store, table, watchlists } = setUp(t);
    const list = watchlists.create(listInput());
    const other = watchlists.create(listInput({ name: 'Other' }));
    const run = runs.start(wanted, 3, by);
    const at = clock.now();
    table.add(run.id, [
      compared(list.id, verdict(0.71, 'secret-p', true), verdict(0.66, 'secret-p', true), { at }),
      compared(list.id, verdict(0.71, 'secret-p', true), verdict(0.66, 'secret-q', true), { at }),
      compared(list.id, verdict(0.7, 'secret-p', true), verdict(0.4, 'secret-q'), { at }),
      compared(list.id, verdict(0.3, 'secret-p'), verdict(0.6, 'secret-q', true), { at }),
      compared(list.id, verdict(0.3, 'secret-p'), verdict(null, null), { at: at + dayMs }),
      compared(list.id, verdict(0.2, 'secret-p'), verdict(0.21, 'secret-p'), {
        ...{ at, cameraId: 'hall', milliseconds: 100 },
      }),
      compared('gone', verdict(0.9, 'secret-p', true), verdict(0.9, 'secret-p', true), { at }),
    ]);
    const rows = store.prepare('SELECT * FROM shadow_counts ORDER BY camera_id, day').all();
    assert.deepEqual(
      rows.map((row) => [row['camera_id'], Number(row['day']) * dayMs]),
      [
        ['gate', at],
        ['gate', at + dayMs],
        ['hall', at],
      ],
    );
    const [found, ...more] = report()?.lists ?? [];
    assert.ok(found);
    assert.deepEqual(more, []);
    const { both, neither, onlyInUse, onlyNew, tracks } = found;
    assert.deepEqual([tracks, both, onlyInUse, onlyNew, neither], [6, 2, 1, 1, 2]);
    assert.deepEqual([found.kept.count, found.kept.of], [2, 3]);
    assert.deepEqual([found.added.count, found.added.of], [1, 3]);
    assert.deepEqual([found.samePerson.count, found.samePerson.of], [1, 2]);
    assert.deepEqual([found.sameNearest.count, found.sameNearest.of], [2, 6]);
    assert.ok(found.kept.interval[0] > 0.2 && found.kept.interval[1] < 0.95);
    assert.equal(found.milliseconds, 50);
    assert.deepEqual(
      found.cameras.map(({ cameraId, tracks: of }) => [cameraId, of]),
      [
        ['gate', 5],
        ['hall', 1],
      ],
    );
    const total = (bins: readonly { count: number }[]) =>
      bins.reduce((sum, { count }) => sum + count, 0);
    assert.deepEqual([total(found.scores.inUse), total(found.scores.new)], [6, 5]);
    assert.deepEqual(found.scores.new.at(-1), { from: 0.66, count: 2 });
    const all = ['shadow_runs', 'shadow_counts', 'shadow_scores', 'shadow_alerts']
      .flatMap((name) => store.prepare(`SELECT * FROM ${name}`).all())
      .map((row) => JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? '' : value)));
    assert.ok(!all.join().includes('secret'));

    // With its list goes what was counted on it; after its end a run counts nothing.
    watchlists.delete(list.id, by);
    assert.deepEqual(report()?.lists, []);
    runs.stop(by);
    table.add(run.id, [compared(other.id, verdict(0.3, 'p'), verdict(0.3, 'p'), { at })]);
    assert.deepEqual(report()?.lists, []);
  });

  it('shows limited callers their lists and cameras, and nothing of all together', (t) => {
    const { report, runs, table, watchlists } = setUp(t);
    const [mine, other] = ['Mine', 'Other'].map((name) => watchlists.create(listInput({ name })));
    assert.ok(mine && other);
    assert.equal(report(), null);
    const run = runs.start(wanted, 3, by);
    for (const { id } of [mine, other]) {
      for (const cameraId of ['gate', 'hall']) {
        table.add(run.id, [compared(id, verdict(0.3, 'p'), verdict(0.3, 'p'), { cameraId })]);
      }
    }
    assert.equal(report()?.progress?.state, 'waiting');
    const limited = report({
      camera: (id) => id === 'hall',
      watchlist: (id) => id === mine.id,
      all: false,
    });
    assert.equal(limited?.progress, null);
    assert.deepEqual(
      limited?.lists.map(({ watchlistId, tracks, cameras, scores }) => [
        ...[watchlistId, tracks, cameras.map(({ cameraId }) => cameraId)],
        scores.inUse.reduce((sum, { count }) => sum + count, 0),
      ]),
      [[mine.id, 1, ['hall'], 1]],
    );
  });

  it('is held against what people decide on alerts, and goes with the alert', (t) => {
    const { alerts, report, runs, store, table, watchlists } = setUp(t);
    const list = watchlists.create(listInput());
    const run = runs.start(wanted, 3, by);
    const raise = (number: number) =>
      alerts.insert(makeAlert(number, { watchlistId: list.id, createdAt: 1 }), makeEvidence(1)).id;
    const [one, two, three] = [raise(1), raise(2), raise(3)] as const;
    const inUse = verdict(0.7, 'person-1', true);
    const on = (id: string, shadow: ShadowVerdict) =>
      compared(list.id, inUse, shadow, { alertId: id });
    table.add(run.id, [
      on(one, verdict(0.3, 'other')),
      // A later appearance of the same alert, which the other version does report.
      on(one, verdict(0.65, 'person-1', true)),
      on(one, verdict(0.2, 'other')),
      on(two, verdict(null, null)),
      on(three, verdict(0.6, 'person-1', true)),
      on(alertId(99), verdict(0.6, 'person-1', true)),
    ]);
    alerts.review(one, { action: 'acknowledge', reviewer: 'ann' });
    alerts.review(one, { action: 'confirm', reviewer: 'ann', reason: 'seen' });
    for (const id of [two, three]) {
      alerts.review(id, { action: 'acknowledge', reviewer: 'ann' });
      alerts.review(id, { action: 'dismiss', reviewer: 'ann', reason: 'other' });
    }
    const [found] = report()?.lists ?? [];
    assert.deepEqual([found?.confirmed.count, found?.confirmed.of], [1, 1]);
    assert.deepEqual([found?.dismissed.count, found?.dismissed.of], [1, 2]);
    const kept = () =>
      store
        .prepare('SELECT alert_id, score, reported FROM shadow_alerts ORDER BY alert_id')
        .all()
        .map((row) => [row['alert_id'], row['score'], Number(row['reported'])]);
    assert.deepEqual(kept(), [
      [one, 0.65, 1],
      [two, null, 0],
      [three, 0.6, 1],
    ]);
    store.write(() => store.prepare('DELETE FROM alerts WHERE id = ?').run(two));
    assert.deepEqual(
      kept().map(([id]) => id),
      [one, three],
    );
  });
});
