import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { syncWatchlists } from '../../../src/app/sync-watchlists.ts';
import { parseConfig } from '../../../src/config/load-config.ts';
import { WatchlistStore } from '../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { openStore } from '../../support/store/open-store.ts';

const listsOf = (...ids: string[]) =>
  parseConfig(
    `watchlists: [${ids.map((id) => `{id: ${id}, name: ${id}, purpose: p, legalBasis: l, authorisation: a, owner: o, cameras: ['*']}`).join(', ')}]\n`,
    'x.yaml',
  ).config.watchlists;

describe('syncWatchlists', () => {
  it('names stored lists that the configuration leaves out, if it names any', (t) => {
    const { store, clock } = openStore(t);
    const target = new WatchlistStore({
      store,
      audit: new AuditLog({ store, now: clock.now }),
      now: clock.now,
    });
    const sync = (...ids: string[]) => syncWatchlists(listsOf(...ids), target, clock.now());
    assert.deepEqual(sync('one', 'two').created, ['one', 'two']);
    assert.deepEqual(sync('one', 'two').unnamed, []);
    assert.deepEqual(sync('two').unnamed, ['one']);
    assert.deepEqual(sync().unnamed, []);
    assert.equal(target.list().length, 2);
  });
});
