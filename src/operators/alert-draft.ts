import type { Alert, BestKind, EvidenceChange, ModelStamp } from '../domain/alert.ts';
import type { AlertClip } from '../domain/clip.ts';
import { shareOf } from '../domain/geometry/box.ts';
import type { FusedKeyframe } from '../domain/keyframe.ts';
import type { ListMatch } from '../domain/match.ts';
import { reportComponents } from '../domain/quality/component-report.ts';
import type { DecidedAlert } from '../domain/raised-alert.ts';
import type { NewSighting } from '../domain/sightings.ts';
import type { TrackTemplate } from '../domain/track-template.ts';
import { enhancementOf } from './enhancement.ts';

/** What an alert or a sighting is made of. */
export interface Findings {
  readonly template: TrackTemplate;
  readonly match: ListMatch;
  /** The keyframe that its pictures are to show; null where those that it has are better. */
  readonly keyframe: FusedKeyframe | null;
  readonly evidence: EvidenceChange | null;
}

/** What an alert says that its match does not. */
export interface AlertFrame {
  readonly newId: () => string;
  readonly now: number;
  readonly modelStamps: readonly ModelStamp[];
  readonly configHash: string;
  /** Of an appearance that begins. */
  readonly clip: AlertClip;
}

/** A new alert, or the next revision of one whose match or picture has become better. */
export function decidedAlert(
  before: Alert | null,
  { template, match, keyframe, evidence }: Findings,
  { newId, now, modelStamps, configHash, clip }: AlertFrame,
): DecidedAlert {
  const { latest } = template;
  const { fpir, gallerySize, templateId, ...scored } = surer(before, match);
  return {
    id: before?.id ?? newId(),
    state: before?.state ?? 'new',
    revision: before ? before.revision + 1 : 0,
    watchlistId: match.watchlistId,
    watchlistName: match.watchlistName,
    personId: match.personId,
    personName: match.personName,
    templateId,
    cameraId: template.cameraId,
    trackId: template.trackId,
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
    lastSeenAt: Math.max(latest.capturedAt, before?.lastSeenAt ?? 0),
    still: before?.still ?? null,
    sightings: before?.sightings ?? [],
    scores: scored.scores,
    threshold: scored.threshold,
    fpir,
    gallerySize,
    meanGate: template.meanGate,
    ...pictured(keyframe, before, template, evidence, modelStamps),
    keyframes: template.keyframes,
    best: bestOf(evidence) ?? before?.best ?? [],
    clip: before?.clip ?? clip,
    models: modelStamps,
    configHash,
    stored: true,
  };
}

/** The next revision of an alert of which only the count of keyframes has changed. */
export function countedAlert(
  before: Alert,
  { template, evidence }: Pick<Findings, 'template' | 'evidence'>,
  now: number,
): Alert {
  return {
    ...before,
    revision: before.revision + 1,
    updatedAt: now,
    lastSeenAt: Math.max(before.lastSeenAt, template.latest.capturedAt),
    keyframes: template.keyframes,
    meanGate: template.meanGate,
    best: bestOf(evidence) ?? before.best,
    stored: true,
  };
}

/** A sighting by a track, or what it says with a better match or picture. */
export function decidedSighting(
  before: NewSighting | null,
  { template, match, keyframe, evidence }: Findings,
  clip: AlertClip,
): NewSighting {
  const { latest, cameraId, trackId, meanGate, keyframes } = template;
  const isSurer = before === null || match.scores.fused > before.scores.fused;
  const { scores, threshold } = isSurer ? match : before;
  const shown = keyframe ?? latest;
  const picture =
    keyframe === null && before !== null
      ? before
      : { ...whatShows(shown), isEnhanced: evidence?.enhanced != null };
  const { capturedAt, quality, interEyeDistance, place, isEnhanced } = picture;
  return {
    cameraId,
    trackId,
    capturedAt,
    lastSeenAt: Math.max(latest.capturedAt, before?.lastSeenAt ?? 0),
    scores,
    threshold,
    meanGate,
    quality,
    interEyeDistance,
    place,
    keyframes,
    isEnhanced,
    clip: before?.clip ?? clip,
  };
}

function surer(before: Alert | null, match: ListMatch) {
  return before === null || match.scores.fused > before.scores.fused ? match : before;
}

/** What an alert says of the face that it shows. */
function pictured(
  keyframe: FusedKeyframe | null,
  before: Alert | null,
  { latest }: TrackTemplate,
  evidence: EvidenceChange | null,
  modelStamps: readonly ModelStamp[],
) {
  if (keyframe === null && before !== null) {
    const { capturedAt, quality, interEyeDistance, components, place, enhancement } =
      before as DecidedAlert;
    return { capturedAt, quality, interEyeDistance, components, place, enhancement };
  }
  const shown = keyframe ?? latest;
  return {
    ...whatShows(shown),
    components: reportComponents(shown.quality),
    enhancement: enhancementOf(shown, evidence, modelStamps),
  };
}

function whatShows({
  capturedAt,
  quality,
  interEyeDistance,
  box,
  frameWidth,
  frameHeight,
}: FusedKeyframe) {
  return {
    capturedAt,
    quality: quality.score,
    interEyeDistance,
    place: shareOf(box, { width: frameWidth, height: frameHeight }),
  };
}

function bestOf(evidence: EvidenceChange | null): BestKind[] | undefined {
  return evidence?.best?.map((_, at): BestKind => `best-${(at + 1) as 1 | 2 | 3 | 4}`);
}
