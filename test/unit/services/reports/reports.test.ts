import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { AuditAction } from '../../../../src/domain/audit-actions.ts';
import { CountPeopleSeen } from '../../../../src/services/reports/count-people-seen.ts';
import { transparencyReport, usesOfLists } from '../../../../src/services/reports/read-reports.ts';
import { reportAsCsv, reportAsHtml } from '../../../../src/services/reports/report-text.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { PeopleSeenTable } from '../../../../src/store/people-seen-table.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { openStore } from '../../../support/store/open-store.ts';

const minute = 60_000;
const day = 86_400_000;
const start = Date.UTC(2026, 4, 1);

/** An audit log and counts of people, filled as the program fills them. */
function recorded(t: TestContext) {
  const clock = new FakeClock(start);
  const { store } = openStore(t, { clock });
  const audit = new AuditLog({ store, now: () => clock.now() });
  const seen = new PeopleSeenTable(store);
  const note = (what: AuditAction, target: string, detail = {}, who = 'system') => {
    clock.advance(minute);
    audit.append({ who, what, target, detail });
  };
  const raise = (id: string, cameraId: string, watchlistId = 'barred') =>
    note('alert.raised', id, {
      watchlistId,
      personId: 'p',
      cameraId,
      capturedAt: clock.now() + minute,
    });
  const review = (id: string, to: string, who = 'anna') =>
    note('alert.reviewed', id, { action: to === 'dismissed' ? 'dismiss' : 'confirm', to }, who);
  return { clock, store, audit, seen, note, raise, review };
}

const grounds = {
  name: 'Barred',
  purpose: 'house ban',
  legalBasis: 'contract',
  authorisation: 'A-17',
};

describe('the transparency report', () => {
  it('follows the alerts of a period to their decision, by camera and list', async (t) => {
    const { audit, clock, note, raise, review, seen } = recorded(t);
    raise('before', 'door');
    const from = clock.now() + 1;
    note('matching.started', 'barred', { ...grounds, cameras: ['door', 'hall'] });
    raise('a', 'door');
    raise('b', 'door');
    raise('c', 'hall');
    note('alert.sighted', 'a', { cameraId: 'hall' });
    review('a', 'confirmed');
    review('b', 'dismissed');
    review('before', 'dismissed');
    note('search.run', '', { reason: 'r' }, 'anna');
    for (let turn = 0; turn < 2; turn += 1) note('footage.searched', 'job');
    note('retention.purged', 'alerts', { count: 3 });
    seen.add([{ cameraId: 'door', tracks: 500 }], from + 3_600_000);
    seen.add([{ cameraId: 'door', tracks: 77 }], from + 2 * day);
    const to = from + day;
    clock.advance(2 * day);
    // A decision counts though it came later than the period; what was raised then does not.
    review('c', 'dismissed');
    raise('late', 'hall');
    const report = await transparencyReport({ audit, seen }, { from, to, madeAt: clock.now() });
    assert.equal(report.logBegins, null);
    assert.deepEqual(
      report.byCamera.map(({ cameraId, alerts, dismissed, peopleSeen, falsePerThousand }) => [
        ...[cameraId, alerts, dismissed, peopleSeen, falsePerThousand],
      ]),
      [
        ['door', 2, 1, 500, 2],
        ['hall', 1, 1, 0, null],
      ],
    );
    const { total } = report;
    assert.deepEqual(
      [total.alerts, total.sightings, total.confirmed, total.dismissed, total.open],
      [3, 1, 1, 2, 0],
    );
    assert.equal(total.falsePerThousand, 4);
    assert.equal(total.reviewMedian, 4 * minute);
    assert.equal(total.reviewNinetieth, 2 * day + 9 * minute);
    const [list] = report.byWatchlist;
    assert.deepEqual([list?.name, list?.authorisation, list?.alerts], ['Barred', 'A-17', 3]);
    assert.equal(report.acts.find(({ what }) => what === 'search.run')?.count, 1);
    assert.equal(report.acts.find(({ what }) => what === 'footage.searched')?.count, 1);
    assert.equal(report.purged.alerts, 3);
  });

  it('takes the last decision, and none that was taken back', async (t) => {
    const { audit, clock, raise, review } = recorded(t);
    raise('a', 'door');
    raise('b', 'door');
    review('a', 'dismissed');
    review('a', 'confirmed');
    review('b', 'dismissed');
    review('b', 'new');
    const period = { from: start, to: clock.now() + 1, madeAt: clock.now() };
    const { total } = await transparencyReport({ audit, seen: null }, period);
    assert.deepEqual([total.confirmed, total.dismissed, total.open], [1, 0, 1]);
    assert.equal(total.peopleSeen, null);
  });

  it('says where the log begins later than the period', async (t) => {
    const { audit, clock, raise } = recorded(t);
    raise('a', 'door');
    const period = { from: start - day, to: clock.now() + 1, madeAt: clock.now() };
    const report = await transparencyReport({ audit, seen: null }, period);
    assert.equal(report.logBegins, start + minute);
    assert.match(reportAsHtml(report), /The log begins 2026-05-01T00:01:00/);
  });

  it('writes names as text, in HTML and in CSV', async (t) => {
    const { audit, clock, note } = recorded(t);
    const name = '=1+1,"<b>"';
    note('matching.started', 'x', { ...grounds, name });
    const period = { from: start, to: clock.now() + 1, madeAt: clock.now() };
    const report = await transparencyReport({ audit, seen: null }, period);
    assert.match(reportAsCsv(report), /"'=1\+1,""<b>"""/);
    assert.match(reportAsHtml(report), /<td>=1\+1,&#34;&lt;b&gt;&#34;<\/td>/);
  });
});

describe('uses of lists', () => {
  it('gives each its time, list, matches, and who verified them', async (t) => {
    const { audit, clock, note, raise, review } = recorded(t);
    note('matching.started', 'barred', { ...grounds, cameras: ['door'], model: 'm1' });
    raise('a', 'door');
    review('a', 'confirmed', 'anna');
    review('a', 'confirmed', 'ben');
    note('matching.ended', 'barred', { why: 'changed' });
    note('search.run', '', { reason: 'case 9', lists: 'barred,missing' }, 'anna');
    note('footage.searched', 'job', { reason: 'case 9', lists: 'barred' }, 'ben');
    note('footage.ended', 'job');
    note('matching.started', 'missing', { ...grounds, cameras: ['hall'] });
    // Killed: the next start ends what ran.
    note('program.started', '');
    const uses = await usesOfLists({ audit }, { from: start, to: clock.now() + 1 });
    assert.deepEqual(
      uses.map(({ kind, startedAt, endedAt, watchlists, by }) => [
        ...[kind, (startedAt - start) / minute, endedAt && (endedAt - start) / minute],
        ...[watchlists.join(), by],
      ]),
      [
        ['live', 1, 5, 'barred', 'system'],
        ['search', 6, 6, 'barred,missing', 'anna'],
        ['footage', 7, 8, 'barred', 'ben'],
        ['live', 9, 9, 'missing', 'system'],
      ],
    );
    const [first, search] = uses;
    assert.deepEqual(first?.grounds, grounds);
    assert.equal(first?.model, 'm1');
    assert.deepEqual(search?.grounds, { reason: 'case 9' });
    const [match] = first?.matches ?? [];
    assert.deepEqual([match?.alertId, match?.cameraId], ['a', 'door']);
    assert.deepEqual(
      match?.verifiedBy.map(({ who }) => who),
      ['anna', 'ben'],
    );
  });

  it('says who asked for a search of footage, why, who allowed it, and what it found', async (t) => {
    const { audit, clock, note } = recorded(t);
    note('footage.asked', 'job', { reason: 'case 9', lists: 'barred' }, 'anna');
    note('footage.authorised', 'job', {}, 'ben');
    note('footage.searched', 'job', { lists: 'barred', decidedBy: 'ben' });
    // Killed in the middle, and gone on with.
    note('program.started', '');
    note('footage.searched', 'job', { lists: 'barred', decidedBy: 'ben' });
    note('footage.ended', 'job', { state: 'done', sightings: 3 });
    const uses = await usesOfLists({ audit }, { from: start, to: clock.now() + 1 });
    assert.equal(uses.length, 1);
    const [use] = uses;
    assert.deepEqual(
      [use?.by, use?.authorisedBy, use?.grounds, use?.sightings],
      ['anna', 'ben', { reason: 'case 9' }, 3],
    );
    assert.deepEqual([use?.startedAt, use?.endedAt], [start + 3 * minute, start + 6 * minute]);
  });

  it('gives a period what goes on in it, with its own matches', async (t) => {
    const { audit, clock, note, raise } = recorded(t);
    note('matching.started', 'barred', grounds);
    raise('early', 'door');
    const from = clock.now() + 1;
    raise('later', 'door');
    const [use] = await usesOfLists({ audit }, { from, to: clock.now() + day });
    assert.deepEqual(
      use?.matches.map(({ alertId }) => alertId),
      ['later'],
    );
    assert.deepEqual(await usesOfLists({ audit }, { from: 0, to: start }), []);
  });
});

describe('counting people seen', () => {
  it('writes now and then and at the end; what cannot be written waits', (t) => {
    const { clock, seen } = recorded(t);
    const errors: unknown[] = [];
    let isBroken = true;
    const table = {
      add(...given: Parameters<PeopleSeenTable['add']>) {
        if (isBroken) throw new Error('disk full');
        seen.add(...given);
      },
    };
    const people = new CountPeopleSeen({ table, clock, onError: (error) => errors.push(error) });
    people.seen('door');
    people.seen('door');
    clock.advance(30_000);
    assert.equal(errors.length, 1);
    isBroken = false;
    people.seen('hall');
    people.close();
    people.close();
    assert.deepEqual(seen.between(start, start + day), [
      { cameraId: 'door', tracks: 2 },
      { cameraId: 'hall', tracks: 1 },
    ]);
    assert.equal(seen.purgeOld(start + 800 * day), 2);
  });
});
