import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { watchExpiry } from '../../../../src/services/watchlists/watch-expiry.ts';
import { WatchlistStore } from '../../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { listInput, vectorAt } from '../../../support/services/watchlist-fixture.ts';
import { openStore } from '../../../support/store/open-store.ts';

const day = 86_400_000;

describe('a list that ends', () => {
  it('takes nobody in any more, before it is purged', (t) => {
    const { store, clock } = openStore(t);
    const lists = new WatchlistStore({
      store,
      audit: new AuditLog({ store, now: clock.now }),
      now: clock.now,
    });
    const list = lists.create({ ...listInput(), expiresAt: clock.now() + day });
    const { id: personId } = lists.addPerson(list.id, { name: 'Ada' });
    clock.advance(day);
    const expired = { code: 'CONFLICT', message: /has expired/ };
    assert.throws(() => lists.addPerson(list.id, { name: 'Bob' }), expired);
    const template = {
      personId,
      model: 'm1',
      embedding: vectorAt(0),
      quality: 80,
      sourceSha256: 'x',
      flags: [],
      landmarks: [] as never,
      image: new Uint8Array([1]),
    };
    assert.throws(() => lists.addTemplate(template), expired);
    assert.equal(lists.templates(personId).length, 0);
    lists.update(list.id, { expiresAt: clock.now() + day });
    lists.addTemplate(template);
    assert.equal(lists.templates(personId).length, 1);
  });

  it('is warned of once a day from two weeks before, and no more once it has ended', (t) => {
    const { store, clock } = openStore(t);
    const lists = new WatchlistStore({
      store,
      audit: new AuditLog({ store, now: clock.now }),
      now: clock.now,
    });
    lists.create({ ...listInput(), expiresAt: clock.now() + 15.5 * day });
    lists.create({ ...listInput(), name: 'for ever', expiresAt: null });
    const days: unknown[] = [];
    const log = { warn: (details: object) => days.push((details as { days: number }).days) };
    const stop = watchExpiry({ clock, lists: () => lists.list(), log, intervalMs: day / 4 });
    for (let quarter = 0; quarter < 17 * 4; quarter += 1) clock.advance(day / 4);
    assert.deepEqual(days, [14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    stop();
    clock.advance(day);
    assert.equal(days.length, 14);
  });
});
