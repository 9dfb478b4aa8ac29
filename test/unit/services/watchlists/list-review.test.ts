import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { ListReviewPolicy } from '../../../../src/domain/list-review.ts';
import { principalsInForce } from '../../../../src/services/access/principals-in-force.ts';
import { createTokenStore } from '../../../../src/services/access/tokens.ts';
import { WatchlistGallery } from '../../../../src/services/search/gallery.ts';
import { reviewersOf } from '../../../../src/services/watchlists/reviewers-of.ts';
import { WatchlistStore } from '../../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { probeAt } from '../../../support/services/gallery-fixture.ts';
import { listInput, templateFor, vectorAt } from '../../../support/services/watchlist-fixture.ts';
import { openStore } from '../../../support/store/open-store.ts';

const ann = { name: 'ann' };
const bob = { name: 'bob' };
const both = ['ann', 'bob'];

function setUp(t: TestContext) {
  const opened = openStore(t);
  const { store, clock } = opened;
  const audit = new AuditLog({ store, now: clock.now });
  const policy: { value: ListReviewPolicy } = { value: 'required' };
  const lists = new WatchlistStore({ store, audit, now: clock.now, review: () => policy.value });
  const gallery = new WatchlistGallery({
    source: lists,
    now: clock.now,
    calibration: () => ({
      impostorQuantiles: [
        [1e-2, 0.2],
        [1e-4, 0.4],
      ],
    }),
  });
  t.after(() => gallery[Symbol.dispose]());
  const found = () => gallery.search(probeAt(0), 'gate').length;
  return { ...opened, audit, lists, found, policy };
}

describe('the review of lists', () => {
  it('lets a list match once somebody else put it in force, and no longer than it says the same', (t) => {
    const { audit, lists, found } = setUp(t);
    const { id } = lists.create(listInput({ cameras: ['gate'] }), ann);
    const person = lists.addPerson(id, { name: 'Ada' }, ann);
    lists.addTemplate(templateFor(person.id, vectorAt(0)), ann);
    assert.equal(found(), 0);
    const given = { revision: lists.get(id).review.revision, note: 'seen the order' };
    assert.throws(() => lists.putInForce(id, given, ann, both), { code: 'FORBIDDEN' });
    assert.throws(() => lists.putInForce(id, { revision: 9 }, bob, both), { code: 'CONFLICT' });
    assert.equal(found(), 0);
    assert.equal(lists.putInForce(id, given, bob, both).review.confirmed?.as, 'other');
    assert.equal(found(), 1);
    assert.throws(() => lists.putInForce(id, given, bob, both), { code: 'CONFLICT' });
    const [record] = audit.list({ what: 'watchlist.put_in_force' });
    const { as, authors, note, cameras } = (record?.detail ?? {}) as Record<string, unknown>;
    assert.deepEqual(
      [record?.who, record?.target, as, authors, note, cameras],
      ['bob', id, 'other', ['ann'], 'seen the order', ['gate']],
    );
    lists.update(id, { name: 'Other name', priority: 'urgent' }, ann);
    assert.equal(found(), 1);
    lists.update(id, { cameras: '*' }, ann);
    assert.equal(found(), 0);
    lists.update(id, { cameras: ['gate'] }, ann);
    assert.equal(found(), 1);
  });

  it('changes nothing where the record cannot be written', (t) => {
    const { lists, store, clock } = setUp(t);
    const { id } = lists.create(listInput(), ann);
    const audit = {
      record() {
        throw new Error('no room');
      },
    };
    const unrecorded = new WatchlistStore({ store, audit, now: clock.now });
    assert.throws(() => unrecorded.putInForce(id, { revision: 1 }, bob, both), /no room/);
    assert.deepEqual(lists.get(id).review.authors, ['ann']);
  });

  it('leaves lists in force when it is switched on, and puts those that wait in force when off', (t) => {
    const { audit, lists, policy } = setUp(t);
    policy.value = 'off';
    const early = lists.create(listInput({ name: 'Early' }), ann);
    policy.value = 'required';
    assert.deepEqual(lists.get(early.id).review.authors, []);
    const late = lists.create(listInput({ name: 'Late' }), ann);
    lists.releaseWaiting(bob);
    assert.deepEqual(lists.get(late.id).review.authors, ['ann']);
    policy.value = 'off';
    lists.releaseWaiting({ name: 'system' });
    assert.deepEqual(lists.get(late.id).review.authors, []);
    const [record] = audit.list({ what: 'watchlist.put_in_force' });
    assert.equal((record?.detail as { review: string } | undefined)?.review, 'off');
  });

  it('counts as reviewers who may see the list on all its cameras', (t) => {
    const { store, clock, audit } = setUp(t);
    const tokens = createTokenStore({ store, audit, now: clock.now });
    tokens.create({ name: 'ann', role: 'admin' });
    tokens.create({ name: 'bob', role: 'reviewer', cameras: ['gate', 'yard'] });
    tokens.create({ name: 'yard', role: 'reviewer', cameras: ['yard'] });
    tokens.create({ name: 'other list', role: 'reviewer', watchlists: ['l2'] });
    tokens.create({ name: 'operator', role: 'operator' });
    const gone = tokens.create({ name: 'gone', role: 'admin' });
    tokens.revoke(gone.token.id);
    const of = (cameras: '*' | string[], sites: string[] = []) =>
      reviewersOf({ id: 'l1', cameras, sites }, principalsInForce(store, clock.now())).sort();
    assert.deepEqual(of(['gate']), ['ann', 'bob']);
    assert.deepEqual(of('*'), ['ann']);
    assert.deepEqual(of(['gate'], ['harbour']), ['ann'], 'and at all sites that it goes to');
  });
});
