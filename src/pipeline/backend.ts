import type { Alert } from '../alerts/alert.ts';
import type { AlertRecord, SqliteAlertStore } from '../alerts/alert-store.ts';
import { reviewsBlind, scoreBlind, visibleReviews } from '../alerts/review.ts';
import { NightglassError } from '../errors.ts';
import type { FrameLedger } from '../frame/ledger.ts';
import type { AlertsBackend } from '../gateway/backend/alerts.ts';
import type { CameraDetail, CameraView, PreviewBackend } from '../gateway/backend/cameras.ts';
import type { PeopleBackend, PersonView, UploadedImage } from '../gateway/backend/people.ts';
import type { WatchlistsBackend, WatchlistView } from '../gateway/backend/watchlists.ts';
import { componentNames } from '../quality/component-report.ts';
import type { QualityComponent } from '../quality/quality.ts';
import type { CameraActivity } from '../telemetry/camera-activity.ts';
import type { EnrolmentResult } from '../watchlist/enrol.ts';
import type { ImageGrade } from '../watchlist/image-grade.ts';
import { inForce, type Person, type Watchlist } from '../watchlist/watchlist.ts';
import type { WatchlistStore } from '../watchlist/watchlist-store.ts';
import type { CameraSet } from './camera-set.ts';

/** The alert store as the gateway asks for it. */
export function alertsBackend(alerts: SqliteAlertStore): AlertsBackend {
  const view = (record: AlertRecord, viewer: string) => ({
    ...record,
    reviews: visibleReviews(record.reviews, record.review, viewer),
    blind: reviewsBlind(record.review, viewer),
  });
  return {
    list(filter, viewer) {
      const page = alerts.page(filter);
      const seen = page.alerts.map((alert) => {
        if (!alerts.awaitsTwoPeople(alert)) return alert;
        const record = alerts.find(alert.id);
        return record !== undefined && reviewsBlind(record.review, viewer)
          ? scoreBlind(alert)
          : alert;
      });
      return { alerts: seen, next: page.next };
    },
    find(id, viewer) {
      const record = alerts.find(id);
      return record === undefined ? undefined : view(record, viewer);
    },
    since(since, limit) {
      const page = alerts.since(since, limit);
      return { ...page, events: page.events.map((event) => tellable(alerts, event)) };
    },
    evidence: (id, kind) => alerts.evidence(id, kind),
    review: (id, request) => view(alerts.review(id, request), request.reviewer),
  };
}

/** The telling as everybody may have it: one of them may become the second reviewer. */
export function tellable<T extends { readonly alert: Alert }>(
  alerts: Pick<SqliteAlertStore, 'awaitsTwoPeople'>,
  event: T,
) {
  const { alert } = event;
  return { ...event, alert: alerts.awaitsTwoPeople(alert) ? scoreBlind(alert) : alert };
}

/** Watchlists as the gateway asks for them. */
export function watchlistsBackend(
  store: WatchlistStore,
  now: () => number,
  onRetention: (watchlistId: string, days: number) => void,
): WatchlistsBackend {
  const view = (list: Watchlist): WatchlistView => ({
    ...list,
    people: store.countPeople(list.id),
    inForce: inForce(list, now()),
  });
  return {
    list: () => store.list().map(view),
    get(id) {
      const list = store.find(id);
      return list === undefined ? undefined : view(list);
    },
    create: (input) => view(store.create(input)),
    update(id, changes) {
      const list = store.update(id, changes);
      if (changes.retentionDays !== undefined) onRetention(id, changes.retentionDays);
      return view(list);
    },
    remove: (id) => store.delete(id),
  };
}

/** People and their enrolled images as the gateway asks for them. */
export function peopleBackend(
  store: WatchlistStore,
  faces: {
    enrol(personId: string, images: readonly UploadedImage[]): Promise<EnrolmentResult>;
    grade(images: readonly UploadedImage[]): Promise<readonly ImageGrade[]>;
  },
): PeopleBackend {
  const views = (people: readonly Person[]): PersonView[] => {
    const facts = Map.groupBy(
      store.templateFacts(people.map(({ id }) => id)),
      ({ personId }) => personId,
    );
    return people.map((person) => ({
      ...person,
      images: (facts.get(person.id) ?? []).map(({ id, quality, createdAt, flags }) => ({
        templateId: id,
        quality,
        createdAt,
        flags,
      })),
    }));
  };
  const view = (person: Person): PersonView => views([person])[0] as PersonView;
  const ownTemplate = (personId: string, templateId: string): boolean =>
    store.templateFacts([personId]).some(({ id }) => id === templateId);
  return {
    list: ({ watchlistIds, after = '', limit }) =>
      views(store.peoplePage(watchlistIds, after, limit)),
    get(id) {
      const person = store.findPerson(id);
      return person === undefined ? undefined : view(person);
    },
    create: ({ watchlistId, name, note }) => view(store.addPerson(watchlistId, { name, note })),
    update: (id, changes) => view(store.updatePerson(id, changes)),
    remove: (id) => store.deletePerson(id),
    enrol: async (id, images) => (await faces.enrol(id, images)).images,
    grade: (images) => faces.grade(images),
    image: (id, templateId) =>
      ownTemplate(id, templateId) ? store.templateImage(templateId) : null,
    removeImage(id, templateId) {
      if (!ownTemplate(id, templateId)) {
        throw new NightglassError(
          'NOT_FOUND',
          `Cannot remove the image ${templateId}: no such image`,
        );
      }
      store.deleteTemplate(templateId);
    },
  };
}

/** Cameras as the gateway lists them. */
export function cameraViews(cameras: CameraSet): CameraView[] {
  return cameras.list().map(({ wanted, status, preview }) => ({
    id: wanted.id,
    name: wanted.name,
    status,
    preview,
  }));
}

/** A camera with what it showed over the last few minutes; undefined when there is none. */
export function cameraDetail(
  cameras: CameraSet,
  id: string,
  from: { readonly activity: CameraActivity; readonly ledger: FrameLedger },
): CameraDetail | undefined {
  const view = cameraViews(cameras).find((camera) => camera.id === id);
  if (view === undefined) return undefined;
  const { activity, ledger } = from;
  const recent = activity.recent(id);
  const rejected = Object.entries(recent.rejected).map(([reason, count]) => {
    const component = componentNames[reason as QualityComponent];
    return [component?.name ?? reason, count];
  });
  const drops = ledger.drops().filter(({ cameraId }) => cameraId === id);
  return {
    ...view,
    tracksActive: activity.tracksActive(id),
    recent: { ...recent, rejected: Object.fromEntries(rejected) },
    framesMade: ledger.made().get(id) ?? 0,
    framesDropped: Object.fromEntries(drops.map(({ reason, count }) => [reason, count])),
  };
}

/** Previews as the gateway asks for them. */
export function previewBackend(cameras: CameraSet): PreviewBackend {
  return {
    watch(cameraId, onChunk, onEnd) {
      const preview = cameras.preview(cameraId);
      if (preview === undefined) {
        throw new NightglassError('NOT_FOUND', `Cannot watch ${cameraId}: there is no such camera`);
      }
      if (preview === null) {
        throw new NightglassError(
          'PREVIEW_UNAVAILABLE',
          `Cannot watch ${cameraId}: preview is off`,
          {
            mend: 'Set preview.enabled in the configuration.',
          },
        );
      }
      return preview.watch(onChunk, onEnd);
    },
  };
}
