import type { Alert, AlertState, EvidenceKind } from './alert.ts';
import { federationBounds } from './bounds.ts';
import type { MatchScores } from './match.ts';
import type { Review } from './review.ts';

/** A later appearance, as a site tells of it. */
export interface SiteSighting {
  readonly number: number;
  readonly cameraId: string;
  readonly capturedAt: number;
  /** Null while somebody at the site is to judge without knowing it. */
  readonly score: number | null;
  readonly quality: number | null;
}

/** An alert, as a site tells its centre of it. The site owns it: it is judged and deleted there. */
export interface SiteAlert {
  readonly id: string;
  readonly revision: number;
  readonly state: AlertState;
  /** Whether its list is the site's own, and no list of the centre. */
  readonly ownList: boolean;
  readonly watchlistId: string;
  readonly watchlistName: string;
  readonly personId: string;
  /** Empty once the person was deleted. */
  readonly personName: string;
  /** The enrolled image that matched. */
  readonly templateId: string;
  readonly cameraId: string;
  /** Wall times of the site, milliseconds. */
  readonly capturedAt: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Null while somebody at the site is to judge without knowing them. */
  readonly scores: MatchScores | null;
  readonly threshold: number | null;
  readonly quality: number | null;
  /** Whether it is marked as a face that keeps its place. */
  readonly still: boolean;
  readonly sightings: readonly SiteSighting[];
  /** Oldest first; none while a second verdict is awaited. */
  readonly reviews: readonly Review[];
}

/** An alert of a site, as its centre keeps it. */
export interface KeptSiteAlert extends SiteAlert {
  readonly site: string;
  /** Wall time of the centre at which it came first, milliseconds. */
  readonly receivedAt: number;
  /** Whether it came more than a minute after it was raised. */
  readonly late: boolean;
  /** What there is of its pictures. */
  readonly pictures: readonly SitePictureKind[];
}

/**
 * What came of an alert of a site, once it is stored: the alert for the first time, its new state, a
 * picture; or that it is gone, with the state that it had.
 */
export interface SiteAlertChange {
  readonly change: 'received' | 'changed' | 'pictured' | 'gone';
  readonly alert: KeptSiteAlert;
  /** Wall time of the centre, milliseconds. */
  readonly at: number;
  /** Of `pictured`; null for all else. */
  readonly picture: SitePictureKind | null;
}

export const sitePictureKinds = ['face', 'frame', 'enhanced', 'enrolled'] as const;
/** Pictures that a site sends: of a sighting the face, recorded and enhanced. */
export type SitePictureKind =
  | (typeof sitePictureKinds)[number]
  | `sighting-${number}-${'face' | 'enhanced'}`;

/** The kinds of pictures that an alert may have for its centre, the most telling first. */
export function sitePicturesOf({ sightings }: Pick<Alert, 'sightings'>): SitePictureKind[] {
  const later = sightings.flatMap(({ number }): SitePictureKind[] => [
    `sighting-${number}-face`,
    `sighting-${number}-enhanced`,
  ]);
  return [...sitePictureKinds, ...later];
}

export function isSitePicture(kind: EvidenceKind): kind is SitePictureKind {
  return (
    (sitePictureKinds as readonly string[]).includes(kind) ||
    /^sighting-\d{1,3}-(face|enhanced)$/.test(kind)
  );
}

/**
 * What a site tells of an alert.
 * @param blind somebody at the site is to judge it without knowing scores and other verdicts
 */
export function toSiteAlert(
  alert: Alert,
  reviews: readonly Review[],
  { blind, ownList }: { readonly blind: boolean; readonly ownList: boolean },
): SiteAlert {
  const { id, revision, state, watchlistId, watchlistName, personId, personName } = alert;
  const { cameraId, capturedAt, createdAt, updatedAt, templateId } = alert;
  const { quality, scores, threshold } = alert;
  return {
    ...{ id, revision, state, ownList, watchlistId, watchlistName, personId, personName },
    ...{ templateId, cameraId, capturedAt, createdAt, updatedAt },
    scores: blind ? null : scores,
    threshold: blind ? null : threshold,
    quality: blind ? null : quality,
    still: alert.still !== null && alert.still.liftedAt === null,
    sightings: alert.sightings.map((sighting) => ({
      number: sighting.number,
      cameraId: sighting.cameraId,
      capturedAt: sighting.capturedAt,
      score: blind ? null : sighting.scores.fused,
      quality: blind ? null : sighting.quality,
    })),
    reviews: blind ? [] : reviews.slice(-federationBounds.reviews),
  };
}

/** Whether an alert came more than a minute after it was raised. */
export function cameLate(createdAt: number, receivedAt: number): boolean {
  return receivedAt - createdAt > federationBounds.lateMs;
}
