import type { TestContext } from 'node:test';
import type { ListMatch, Probe } from '../../../src/domain/match.ts';
import type { Calibration } from '../../../src/services/search/calibration.ts';
import {
  type GalleryOptions,
  type PoorViewUse,
  WatchlistGallery,
} from '../../../src/services/search/gallery.ts';
import { WatchlistStore } from '../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { openStore } from '../store/open-store.ts';
import { templateFor, vectorAt } from './watchlist-fixture.ts';

const calibration: Calibration = {
  impostorQuantiles: [
    [1e-2, 0.2],
    [1e-4, 0.4],
  ],
};
/** A gallery over a store of its own, and a way to enrol at angles. */
export function galleryOf(
  t: TestContext,
  calibrated = true,
  poorViews?: PoorViewUse,
  compares?: GalleryOptions['compares'],
) {
  const opened = openStore(t);
  const lists = new WatchlistStore({
    store: opened.store,
    audit: new AuditLog({ store: opened.store, now: opened.clock.now }),
    now: opened.clock.now,
  });
  const standIns: string[] = [];
  const gallery = new WatchlistGallery({
    source: lists,
    now: opened.clock.now,
    calibration: () => (calibrated ? calibration : undefined),
    poorViews,
    ...(compares === undefined ? {} : { compares }),
    onUncalibrated: (model) => standIns.push(model),
  });
  t.after(() => gallery[Symbol.dispose]());
  const enrol = (watchlistId: string, name: string, ...angles: number[]) => {
    const person = lists.addPerson(watchlistId, { name });
    const templates = angles.map((angle) =>
      lists.addTemplate(templateFor(person.id, vectorAt(angle))),
    );
    return { person, templates };
  };
  return { ...opened, lists, gallery, enrol, standIns };
}
export const probeAt = (angle: number, changes: Partial<Probe> = {}): Probe => ({
  model: 'm1',
  fused: vectorAt(angle),
  raw: vectorAt(angle + 0.1),
  enhanced: null,
  ...changes,
});
export const shown = ({ personId, scores }: ListMatch) => [personId, scores.fused.toFixed(5)];
export const names = (matches: readonly { personName: string }[]) =>
  matches.map(({ personName }) => personName);
