import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { alertNoteBounds } from '../../../src/domain/alert-note.ts';
import { alertRecord } from '../../../src/gateway/schemas/alert.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import { openGateway } from '../../support/gateway/open-gateway.ts';
import { sampleAlert } from '../../support/gateway/sample-alert.ts';

const access = () =>
  new FakeAccess({
    ann: { role: 'reviewer' },
    bob: { role: 'reviewer' },
    viewer: { role: 'viewer' },
    yard: { role: 'operator', cameras: ['yard'] },
  });

async function withAlert(t: TestContext, twoPersonReview = false) {
  const opened = await openGateway(t, { access: access(), openOnLoopback: false });
  opened.services.addList('list-1', { twoPersonReview });
  const alert = sampleAlert(1);
  opened.services.raise({ change: 'created', alert });
  const path = `/api/alerts/${alert.id}`;
  const note = (text: string, token = 'ann') =>
    opened.call(`${path}/notes`, { token, json: { text } });
  const textsFor = async (token: string) =>
    alertRecord
      .parse((await opened.call(path, { token })).body)
      .notes.map(({ author, text }) => `${author}: ${text}`);
  return { ...opened, alert, path, note, textsFor };
}

describe('notes on an alert', () => {
  it('are kept with author and time, told to all, and on record without their text', async (t) => {
    const { alert, note, services, textsFor } = await withAlert(t);
    const { status, body } = await note('  Wears a red cap\nand gloves ');
    assert.equal(status, 201);
    const [first] = alertRecord.parse(body).notes;
    assert.deepEqual([first?.author, first?.text], ['ann', 'Wears a red cap\nand gloves']);
    assert.ok(Math.abs((first?.at ?? 0) - Date.now()) < 60_000);
    assert.equal((await note('走向出口', 'bob')).status, 201);
    assert.deepEqual(await textsFor('ann'), ['ann: Wears a red cap\nand gloves', 'bob: 走向出口']);
    const noted = services.audited.filter(({ what }) => what === 'alert.noted');
    assert.deepEqual(noted.map(({ who, target }) => [who, target]).sort(), [
      ['ann', alert.id],
      ['bob', alert.id],
    ]);
    assert.ok(!JSON.stringify(services.audited).includes('red cap'));
  });

  it('are refused where they are empty, too long, too many, or not the caller’s to write', async (t) => {
    const { note, services, textsFor } = await withAlert(t);
    assert.equal((await note(' ')).status, 400);
    assert.equal((await note('x'.repeat(alertNoteBounds.text[1] + 1))).status, 400);
    assert.equal((await note('seen', 'viewer')).status, 403);
    assert.equal((await note('seen', 'yard')).status, 404);
    services.writable = false;
    assert.equal((await note('lost')).status, 503);
    services.writable = true;
    assert.deepEqual(await textsFor('ann'), []);
    const { id } = sampleAlert(1);
    for (let n = 0; n < alertNoteBounds.perAlert; n += 1) {
      services.alertStore.note(id, `note ${n}`, 'ann');
    }
    assert.equal((await note('one more')).status, 409);
  });

  it('are hidden from who is to judge as the second, until the alert is decided', async (t) => {
    const { alert, note, services, textsFor } = await withAlert(t, true);
    const review = (reviewer: string, action: 'acknowledge' | 'confirm') =>
      services.alertStore.review(alert.id, { action, reviewer });
    review('ann', 'acknowledge');
    await note('surely the one');
    assert.deepEqual(await textsFor('bob'), []);
    assert.deepEqual(await textsFor('ann'), ['ann: surely the one']);
    review('ann', 'confirm');
    assert.deepEqual(await textsFor('bob'), []);
    review('bob', 'confirm');
    assert.deepEqual(await textsFor('bob'), ['ann: surely the one']);
  });

  it('go with the alert', async (t) => {
    const { alert, note, services } = await withAlert(t);
    await note('to be forgotten');
    const kept = () =>
      services.store.prepare('SELECT count(*) AS count FROM alert_notes').get()?.['count'];
    assert.equal(kept(), 1);
    assert.equal(services.alertStore.purgeExpired(alert.createdAt + 31 * 86_400_000, 10), 1);
    assert.equal(kept(), 0);
  });
});
