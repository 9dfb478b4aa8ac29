import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SqliteAlertStore } from '../../../../src/services/alerts/alert-store.ts';
import { BlindJudgement } from '../../../../src/services/alerts/blind-judgement.ts';
import { peopleService } from '../../../../src/services/enrolment/people-service.ts';
import { WatchlistStore } from '../../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { openStore } from '../../../support/store/open-store.ts';

const list = {
  name: 'l',
  purpose: 'p',
  legalBasis: 'b',
  authorisation: 'a',
  owner: 'o',
  cameras: '*' as const,
};

describe('people of the watchlists', () => {
  it('come in pages by id, with their images and of the lists named alone', async (t) => {
    const { store, clock } = openStore(t);
    const audit = new AuditLog({ store, now: clock.now });
    const watchlists = new WatchlistStore({
      store,
      audit,
      now: clock.now,
    });
    const { id: one } = watchlists.create(list);
    const { id: two } = watchlists.create({ ...list, name: 'm' });
    for (const name of ['a', 'b', 'c']) watchlists.addPerson(one, { name });
    const { id: other } = watchlists.addPerson(two, { name: 'd' });
    watchlists.addTemplate({
      personId: other,
      model: 'm',
      embedding: new Float32Array([1]),
      quality: 70,
      sourceSha256: 'x',
      flags: [],
      landmarks: null,
      image: new Uint8Array([1]),
    } as never);
    const alerts = new SqliteAlertStore({ store, audit, now: clock.now, policy: () => undefined });
    const nowhere = () => Promise.reject(new Error('not here'));
    const people = peopleService(
      watchlists,
      { enrol: nowhere, grade: nowhere },
      new BlindJudgement(alerts),
    );
    const first = await people.list({ watchlistIds: [one], limit: 2 });
    const after = first.at(-1)?.id ?? '';
    const second = await people.list({ watchlistIds: [one], limit: 2, after });
    assert.deepEqual([first.length, second.length], [2, 1]);
    assert.deepEqual([...first, ...second].map(({ name }) => name).sort(), ['a', 'b', 'c']);
    const [person] = await people.list({ watchlistIds: [two], limit: 2 });
    assert.deepEqual(
      person?.images.map(({ quality }) => quality),
      [70],
    );
    assert.deepEqual(await people.list({ watchlistIds: [], limit: 2 }), []);
  });
});
