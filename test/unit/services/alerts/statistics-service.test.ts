import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { latestTime } from '../../../../src/domain/bounds.ts';
import { statisticsSchema } from '../../../../src/gateway/schemas/statistics.ts';
import { SqliteAlertStore } from '../../../../src/services/alerts/alert-store.ts';
import { statisticsService } from '../../../../src/services/alerts/statistics-service.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { makeAlert, makeEvidence } from '../../../support/store/alert-fixture.ts';
import { openStore } from '../../../support/store/open-store.ts';

describe('statistics as the gateway tells them', () => {
  it('name the lists, and say of a deleted one that it is gone', async (t) => {
    const { store, clock } = openStore(t);
    const policy = () => ({ retentionDays: 1, twoPersonReview: false });
    const alerts = new SqliteAlertStore({
      store,
      audit: new AuditLog({ store, now: clock.now }),
      now: clock.now,
      policy,
    });
    // A list may bear its own id as name, so the name alone does not tell.
    for (const [number, watchlistId] of ['barred', 'gone'].entries()) {
      alerts.insert(makeAlert(number + 1, { watchlistId }), makeEvidence(1));
    }
    const services = statisticsService({
      store,
      watchlists: { find: (id) => (id === 'barred' ? ({ name: 'barred' } as never) : undefined) },
      threshold: () => undefined,
    });
    const time = { from: 0, to: latestTime };
    const report = await services.report({ ...time, cameras: '*', watchlists: '*' });
    const { byWatchlist } = statisticsSchema.parse({ ...time, ...report });
    assert.deepEqual(
      byWatchlist.map(({ watchlistName, deleted }) => [watchlistName, deleted]),
      [
        ['barred', false],
        ['gone', true],
      ],
    );
  });
});
