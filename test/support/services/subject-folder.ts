import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fontFolder } from '../../../src/app/package-root.ts';
import { systemClock } from '../../../src/domain/clock.ts';
import type { Box } from '../../../src/domain/geometry/box.ts';
import type { Landmarks } from '../../../src/domain/geometry/landmarks.ts';
import type { ShadowProgress } from '../../../src/domain/shadow.ts';
import type { Person, Watchlist } from '../../../src/domain/watchlist.ts';
import { SqliteAlertStore } from '../../../src/services/alerts/alert-store.ts';
import type { FaceBlur } from '../../../src/services/evidence/blur/face-blur.ts';
import { ExportRoom } from '../../../src/services/evidence/export-room.ts';
import type {
  SubjectRequest,
  SubjectSources,
} from '../../../src/services/evidence/subject/subject-sources.ts';
import { WatchlistStore } from '../../../src/services/watchlists/watchlist-store.ts';
import { AcceptanceTable } from '../../../src/store/acceptance-table.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { evidenceKeyIn } from '../../../src/store/evidence-key.ts';
import { FootageJobTable } from '../../../src/store/footage-job-table.ts';
import { FootageSightingTable } from '../../../src/store/footage-sighting-table.ts';
import { ShadowTable } from '../../../src/store/shadow-table.ts';
import { SiteAlertTable } from '../../../src/store/site-alert-table.ts';
import type { Store } from '../../../src/store/store.ts';
import { SubjectTable } from '../../../src/store/subject-table.ts';
import { createImageCodec } from '../../../src/streams/image-codec.ts';
import { alertId, makeAlert } from '../store/alert-fixture.ts';
import { openStore } from '../store/open-store.ts';
import { putAlertOfSite } from '../store/put-alert-of-site.ts';
import { clipsOf } from './clips-of.ts';
import { listInput, templateFor, vectorAt } from './watchlist-fixture.ts';

/** What two people's pictures are. */
export interface SubjectPictures {
  /** Shows both. */
  readonly frame: Uint8Array;
  readonly places: readonly [Box, Box];
  /** Cut to each. */
  readonly faces: readonly [Uint8Array, Uint8Array];
  /** Handed in for each, and where the face is in it. */
  readonly enrolled: readonly [Uint8Array, Uint8Array];
  readonly landmarks: Landmarks;
}

export const ownName = 'Ada Lovegrove';
export const otherName = 'Beatrix Underhill';

/**
 * A data folder with two people on a list, who are seen in the same pictures: alert 1 is on the one
 * whose data is asked for, confirmed; 2 is on the other one; 3 is on the first, dismissed as it
 * shows the other; 4 is on the first, new.
 */
export function subjectFolder(t: TestContext, pictures: SubjectPictures, blur: FaceBlur) {
  const { store, clock, dataDir } = openStore(t);
  const audit = new AuditLog({ store, now: clock.now });
  const watchlists = new WatchlistStore({ store, audit, now: clock.now });
  const alerts = new SqliteAlertStore({
    ...{ store, audit, now: clock.now },
    policy: () => ({ retentionDays: 30, twoPersonReview: false }),
  });
  const list = watchlists.create(listInput(), { name: 'ann' });
  const by = { name: 'ann' };
  const own = watchlists.addPerson(list.id, { name: ownName, note: 'Brought by Ann' }, by);
  const other = watchlists.addPerson(list.id, { name: otherName, note: 'Seen with Ada' }, by);
  const [ownTemplate, otherTemplate] = [own, other].map((person, at) =>
    watchlists.addTemplate(
      templateFor(person.id, vectorAt(at + 0.123), {
        image: pictures.enrolled[at] as Uint8Array,
        landmarks: pictures.landmarks,
        sourceSha256: `${at}`.repeat(64),
      }),
      by,
    ),
  );
  if (ownTemplate === undefined || otherTemplate === undefined) throw new Error('no templates');
  const people = [own, other, own, own];
  for (const [at, person] of people.entries()) {
    const shows = at === 1 || at === 2 ? 1 : 0;
    const template = person === own ? ownTemplate : otherTemplate;
    alerts.insert(
      makeAlert(at + 1, {
        ...{ watchlistId: list.id, watchlistName: list.name, best: [] },
        ...{ personId: person.id, personName: person.name, templateId: template.id },
        ...{ place: pictures.places[shows] as Box, clip: { state: 'pending' } },
      }),
      {
        ...{ frame: pictures.frame, face: pictures.faces[shows] as Uint8Array, enhanced: null },
        ...{ enrolled: pictures.enrolled[person === own ? 0 : 1] as Uint8Array, best: [] },
      },
    );
  }
  actOn(alerts, watchlists, own.id);
  putTrial(store, [1, 2]);
  putOfSite(store, list, [own, other], pictures.faces);
  const clips = clipsOf(store);
  const sources: SubjectSources = {
    ...{ alerts, audit, watchlists, clips, blur, fontFolder, now: clock.now },
    kept: new SubjectTable(store),
    sites: new SiteAlertTable(store),
    volunteers: new AcceptanceTable(store),
    footage: { jobs: new FootageJobTable(store), found: new FootageSightingTable(store) },
    codec: createImageCodec(),
    key: evidenceKeyIn(dataDir),
    place: new ExportRoom(systemClock).enter(),
    deployment: null,
    staff: () => ['ann', 'bob'],
  };
  const request: SubjectRequest = {
    people: [own.id],
    confirmed: [],
    reason: 'request 12 of 2030',
    by: { name: 'privacy desk' },
    may: { alert: () => true, search: () => true, site: () => true },
    law: 'gdpr',
    withClips: true,
    templates: 'numbers',
    staff: 'numbered',
    withhold: [],
    part: 1,
  };
  const file = join(dataDir, 'subject.zip');
  return {
    ...{ store, audit, alerts, watchlists, clips, dataDir, file, list, sources, request },
    ...{ own, other, ownTemplate, otherTemplate },
  };
}

/** A confirmed alert of a site on each of them. */
function putOfSite(
  store: Store,
  list: Watchlist,
  people: readonly Person[],
  faces: readonly Uint8Array[],
): void {
  for (const [at, person] of people.entries()) {
    const review = { action: 'confirm', reviewer: 'ann', reason: 'a note on the other' } as const;
    const alert = makeAlert(at + 1, {
      ...{ watchlistId: list.id, watchlistName: list.name, state: 'confirmed' },
      ...{ personId: person.id, personName: person.name, cameraId: 'quay' },
    });
    putAlertOfSite(store, 'harbour', alert, {
      reviews: [{ ...review, at: 1_790_000_100_000, stateAfter: 'confirmed' }],
      pictures: { face: faces[at] as Uint8Array },
    });
  }
}

/** Models on trial that would report these alerts too. */
function putTrial(store: Store, alerts: readonly number[]): void {
  store.write(() => {
    new ShadowTable(store).insert({
      ...{ id: 'trial', name: 'recogniser', version: '2', manifest: '/m', manifestSha256: 'ab' },
      ...{ against: 'm1', startedAt: 1, until: 9, endedAt: null, end: null },
      progress: { state: 'waiting' } as ShadowProgress,
    });
    const put = store.prepare('INSERT INTO shadow_alerts VALUES (?, ?, ?, 1)');
    for (const n of alerts) put.run('trial', alertId(n), 0.41);
  });
}

/** What people did about the alerts, and wrote. */
function actOn(alerts: SqliteAlertStore, watchlists: WatchlistStore, ownId: string): void {
  const review = (n: number, action: 'acknowledge' | 'confirm' | 'dismiss', reason = '') =>
    alerts.review(alertId(n), { action, reviewer: 'ann', reason });
  review(1, 'acknowledge');
  review(1, 'confirm', `As ann knows, it is not ${otherName.toUpperCase()}`);
  alerts.note(alertId(1), 'Ann spoke to bob about it', 'bob');
  alerts.recordOutcome(alertId(1), { outcome: 'identified', note: 'by passport' }, 'bob');
  review(2, 'acknowledge');
  review(2, 'confirm', 'certain');
  alerts.note(alertId(2), 'a note on the other', 'bob');
  review(3, 'acknowledge');
  review(3, 'dismiss', 'somebody else');
  watchlists.lookAlikes.add(
    {
      ...{ personId: ownId, alertId: alertId(3), model: 'm1' },
      ...{ embedding: vectorAt(0.777), score: 0.5 },
    },
    { name: 'bob' },
  );
}
