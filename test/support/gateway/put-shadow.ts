import { dayMs } from '../../../src/domain/bounds.ts';
import type { ShadowComparison } from '../../../src/domain/shadow.ts';
import { ShadowTable } from '../../../src/store/shadow-table.ts';
import type { Store } from '../../../src/store/store.ts';

/** Best scores of people who are enrolled, and of others, by both versions. */
const known = [0.62, 0.58, 0.66, 0.51, 0.7, 0.55, 0.48, 0.61];
const strangers = [0.12, 0.2, 0.24, 0.31, 0.44, 0.28, 0.22, 0.35, 0.26, 0.19];

/** Models on trial since two days that have judged some tracks of each list at two cameras. */
export function putShadow(store: Store, watchlistIds: readonly string[]): void {
  const table = new ShadowTable(store);
  const now = Date.now();
  const id = 'trial-1';
  store.write(() => {
    table.insert({
      ...{ id, name: 'nightglass-embed', version: '0.2.0-site.1', manifest: '/new/manifest.json' },
      ...{ manifestSha256: 'ab', against: '/used/manifest.json' },
      ...{ startedAt: now - 2 * dayMs, until: now + 12 * dayMs, endedAt: null, end: null },
      progress: {
        ...{ state: 'comparing', fault: null, templates: { made: 118, pending: 0, failed: 2 } },
        dropped: { busy: 14, templates: 3, failed: 0 },
        ...{ busySeconds: 9120, seconds: 172_800 },
      },
    });
    for (const watchlistId of watchlistIds) table.add(id, comparisonsOf(watchlistId, now));
  });
}

function comparisonsOf(watchlistId: string, at: number): ShadowComparison[] {
  const judged = (score: number, personId: string) => ({ score, personId, reported: score >= 0.5 });
  return ['entrance', 'loading-dock'].flatMap((cameraId) =>
    [...known, ...strangers].map((score, index) => ({
      ...{ cameraId, watchlistId, at, alertId: null, milliseconds: 74 },
      inUse: judged(score, 'one'),
      shadow: judged(score + ((index % 5) - 1) * 0.09, index % 7 === 6 ? 'other' : 'one'),
    })),
  );
}
