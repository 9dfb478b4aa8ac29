import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import {
  handOverList,
  handOverSchema,
  shiftSummary,
} from '../../../src/gateway/schemas/hand-over.ts';
import { CameraOutageTable } from '../../../src/store/camera-outage-table.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import { openGateway } from '../../support/gateway/open-gateway.ts';
import { sampleAlert } from '../../support/gateway/sample-alert.ts';

async function setUp(t: TestContext) {
  const access = new FakeAccess({
    ann: { role: 'operator' },
    bob: { role: 'operator' },
    yard: { role: 'operator', cameras: ['yard'] },
    barred: { role: 'reviewer', watchlists: ['list-1'] },
    eve: { role: 'operator' },
    viewer: { role: 'viewer' },
  });
  const opened = await openGateway(t, { access, openOnLoopback: false });
  const { call, services } = opened;
  services.addList('list-1');
  const summary = async (token = 'ann') =>
    shiftSummary.parse((await call('/api/hand-overs/summary', { token })).body);
  const give = (token: string, note = '') => call('/api/hand-overs', { token, json: { note } });
  const take = (token: string, id: number) =>
    call(`/api/hand-overs/${id}/take`, { token, method: 'POST' });
  return { ...opened, summary, give, take };
}

describe('the hand-over of a shift', () => {
  it('sums up what is open, was noted and failed, as far as the caller may see it', async (t) => {
    const { services, summary } = await setUp(t);
    for (const [number, state, cameraId] of [
      [1, 'new', 'gate'],
      [2, 'acknowledged', 'gate'],
      [3, 'dismissed', 'gate'],
      [4, 'new', 'yard'],
    ] as const) {
      const alert = sampleAlert(number, { cameraId, personId: `person-${number}` });
      services.raise({ change: 'created', alert });
      if (state !== 'new') services.raise({ change: 'reviewed', alert: { ...alert, state } });
    }
    services.alertStore.note(sampleAlert(3).id, 'went to gate 4', 'ann');
    services.alertStore.note(sampleAlert(4).id, 'wears a hat', 'bob');
    const outages = new CameraOutageTable(services.store);
    const down = { code: 'STREAM_STALLED', message: 'no frames', since: Date.now() - 60_000 };
    for (const cameraId of ['gate', 'yard']) outages.begin({ ...down, cameraId });
    const whole = await summary();
    assert.deepEqual(whole.counts.alerts, { new: 2, acknowledged: 1, escalated: 0 });
    assert.deepEqual(
      whole.alerts.map(({ id }) => id),
      [4, 2, 1].map((number) => sampleAlert(number).id),
    );
    assert.deepEqual(
      whole.notes.map(({ text }) => text),
      ['wears a hat', 'went to gate 4'],
    );
    assert.deepEqual(whole.outages.map(({ cameraId }) => cameraId).sort(), ['gate', 'yard']);
    const part = await summary('yard');
    assert.deepEqual(part.counts, {
      alerts: { new: 1, acknowledged: 0, escalated: 0 },
      notes: 1,
      outages: 1,
    });
    assert.deepEqual(
      [part.notes.map(({ text }) => text), part.outages.map(({ cameraId }) => cameraId)],
      [['wears a hat'], ['yard']],
    );
  });

  it('is signed by who leaves and by somebody else who comes, both on record', async (t) => {
    const { call, give, services, summary, take } = await setUp(t);
    services.raise({ change: 'created', alert: sampleAlert(1) });
    const given = await give('ann', '  Door 3 sticks ');
    assert.equal(given.status, 201);
    const { id, note, outgoing, incoming, counts, since } = handOverSchema.parse(given.body);
    assert.deepEqual(
      [note, outgoing, incoming, counts.alerts.new, since],
      ['Door 3 sticks', 'ann', null, 1, null],
    );
    assert.equal((await summary('bob')).waiting?.id, id);
    assert.equal((await give('bob')).status, 409, 'one waits');
    assert.equal((await take('ann', id)).status, 409, 'her own');
    assert.equal((await take('bob', 99)).status, 404);
    assert.equal(handOverSchema.parse((await take('bob', id)).body).incoming, 'bob');
    assert.equal((await take('eve', id)).status, 409, 'taken');
    assert.equal((await summary()).waiting, null);
    // The next shift begins where this one was signed.
    const begun = handOverSchema.parse(given.body).at;
    assert.equal((await summary()).since, begun);
    assert.equal(handOverSchema.parse((await give('bob')).body).since, begun);
    const { body } = await call('/api/hand-overs?limit=1', { token: 'ann' });
    const page = handOverList.parse(body);
    assert.deepEqual([page.handOvers.length, page.next], [1, 2]);
    assert.deepEqual(
      services.audited
        .filter(({ what }) => what.startsWith('shift.'))
        .map(({ who, what, target }) => `${who} ${what} ${target}`)
        .sort(),
      ['ann shift.handed_over 1', 'bob shift.handed_over 2', 'bob shift.taken_over 1'],
    );
  });

  it('is signed, taken over and read by nobody who sees only a part of the site', async (t) => {
    const { call, give, services, summary, take } = await setUp(t);
    for (const token of ['yard', 'barred']) {
      assert.equal((await give(token)).status, 403, token);
    }
    const given = await give('ann', 'The gate guard left early');
    assert.equal(given.status, 201);
    const { id } = handOverSchema.parse(given.body);
    for (const token of ['yard', 'barred']) {
      assert.equal((await take(token, id)).status, 403, token);
      assert.equal((await call('/api/hand-overs', { token })).status, 403, token);
      assert.equal((await summary(token)).waiting, null, token);
    }
    assert.equal((await summary('bob')).waiting?.id, id, 'it waits still');
    assert.equal((await take('bob', id)).status, 200);
    const signed = services.audited.filter(({ what }) => what.startsWith('shift.'));
    assert.deepEqual(signed.map(({ who }) => who).sort(), ['ann', 'bob']);
  });

  it('is not there for viewers, nor where it cannot be recorded', async (t) => {
    const { call, give, services, take } = await setUp(t);
    assert.equal((await call('/api/hand-overs/summary', { token: 'viewer' })).status, 403);
    assert.equal((await give('viewer')).status, 403);
    assert.equal((await give('ann', 'x'.repeat(4001))).status, 400);
    services.writable = false;
    assert.equal((await give('ann')).status, 503);
    services.writable = true;
    assert.equal((await take('bob', 1)).status, 404);
    assert.equal((await give('ann')).status, 201);
  });

  it('keeps a note of one who judges from who is to judge as the second', async (t) => {
    const { services, summary } = await setUp(t);
    services.lists.update('list-1', { twoPersonReview: true });
    const alert = sampleAlert(1);
    services.raise({ change: 'created', alert });
    services.alertStore.note(alert.id, 'surely the one', 'ann');
    assert.equal((await summary('ann')).notes.length, 1);
    const other = await summary('bob');
    assert.deepEqual([other.notes.length, other.counts.notes], [0, 0]);
    assert.equal(other.alerts[0]?.scores, undefined);
  });

  it('counts all there is for whom it is shown, and lists what they may see of it', async (t) => {
    const { give, services, summary } = await setUp(t);
    const raise = (number: number, cameraId: string) => {
      const alert = sampleAlert(number, { cameraId, personId: `person-${number}` });
      services.raise({ change: 'created', alert });
      return alert.id;
    };
    const outages = new CameraOutageTable(services.store);
    const down = { code: 'STREAM_STALLED', message: 'no frames' };
    const start = Date.now() - 60_000;
    // What is of the yard is older than a whole page of what is not.
    const yard = raise(1, 'yard');
    for (let n = 1; n <= 3; n += 1) services.alertStore.note(yard, `yard ${n}`, 'bob');
    outages.begin({ ...down, cameraId: 'yard', since: start });
    for (const number of [2, 3]) {
      const id = raise(number, 'gate');
      for (let n = 1; n <= 70; n += 1) services.alertStore.note(id, `gate ${n}`, 'bob');
    }
    for (let n = 1; n <= 120; n += 1) {
      const number = outages.begin({ ...down, cameraId: 'gate', since: start + n });
      outages.end(number, start + n + 10_000);
    }
    const whole = await summary('ann');
    assert.deepEqual([whole.counts.notes, whole.counts.outages], [143, 121]);
    assert.deepEqual([whole.notes.length, whole.outages.length], [100, 100]);
    const part = await summary('yard');
    assert.deepEqual(part.counts, {
      alerts: { new: 1, acknowledged: 0, escalated: 0 },
      notes: 3,
      outages: 1,
    });
    assert.deepEqual(
      part.notes.map(({ text }) => text),
      ['yard 3', 'yard 2', 'yard 1'],
    );
    assert.deepEqual(
      part.outages.map(({ cameraId }) => cameraId),
      ['yard'],
    );
    const { counts } = handOverSchema.parse((await give('ann')).body);
    assert.deepEqual(counts, whole.counts);
  });

  it('signs no count of notes that a second reviewer is not to see', async (t) => {
    const { give, services, summary, take } = await setUp(t);
    services.lists.update('list-1', { twoPersonReview: true });
    const alert = sampleAlert(1);
    services.raise({ change: 'created', alert });
    services.alertStore.note(alert.id, 'surely the one', 'ann');
    assert.equal((await summary('ann')).counts.notes, 1, 'her own');
    const given = handOverSchema.parse((await give('ann')).body);
    assert.equal(given.counts.notes, 0);
    const waiting = (await summary('bob')).waiting;
    assert.deepEqual(waiting?.counts, { ...given.counts, notes: 0 });
    const { detail } = services.audited.find(({ what }) => what === 'shift.handed_over') ?? {};
    assert.deepEqual(detail, { new: 1, acknowledged: 0, escalated: 0, notes: 0, outages: 0 });
    await take('bob', given.id);
    assert.equal(handOverSchema.parse((await give('bob')).body).counts.notes, 0);
  });
});
