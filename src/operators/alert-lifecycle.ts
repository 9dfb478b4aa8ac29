import {
  type Alert,
  type BestKind,
  type EvidenceChange,
  isWhole,
  type ModelStamp,
} from '../domain/alert.ts';
import type { Clock } from '../domain/clock.ts';
import { isNightglassError } from '../domain/errors.ts';
import { shareOf } from '../domain/geometry/box.ts';
import type { FusedKeyframe } from '../domain/keyframe.ts';
import type { ListMatch, MatchedTemplate } from '../domain/match.ts';
import { reportComponents } from '../domain/quality/component-report.ts';
import type { AlertStore, DecidedAlert, RaisedAlert } from '../domain/raised-alert.ts';
import type { TrackNote } from '../domain/track.ts';
import type { TrackTemplate } from '../domain/track-template.ts';
import { enhancementOf } from './enhancement.ts';
import { bestPicture, comparePictures, noPicture, type PictureRank } from './pictured-face.ts';
import { Presence } from './presence.ts';

export interface AlertLifecycleOptions {
  readonly store: AlertStore;
  readonly clock: Clock;
  /** Makes ids that sort by creation: see `createAlertIds`. */
  readonly newId: () => string;
  /**
   * How long a person alerted at this camera by this list must be out of view before a new
   * track raises another alert, milliseconds; default 60000.
   */
  readonly quietPeriod?: number;
  /** A face in one place for so long is marked as still, milliseconds; default 600000. */
  readonly stillAfter?: number;
  /** The models behind the scores. */
  readonly modelStamps: readonly ModelStamp[];
  /** Hash of the configuration in force. */
  readonly configHash: string;
  /**
   * Told when a picture could not be made (it is empty or null then), or the
   * store could not be asked for the last alert. Default: ignored.
   */
  readonly onError?: (error: unknown) => void;
  /** Told when the quiet period kept an alert back. */
  readonly onQuiet?: (match: ListMatch, template: TrackTemplate) => void;
  /** Alerts that later keyframes may still update, at most; default 256. */
  readonly maxOpen?: number;
}

interface OpenAlert {
  readonly alert: Alert;
  readonly capturedMonotonic: number;
  /** How well the pictured face speaks for the match. */
  readonly picture: PictureRank;
}

/** What a match calls for. */
export type AlertStep =
  | { readonly kind: 'pass' }
  | { readonly kind: 'count'; readonly open: OpenAlert }
  | {
      readonly kind: 'create' | 'replace';
      readonly open: OpenAlert | null;
      /** The keyframe to show, and its rank; null where the picture shown is better. */
      readonly picture: { readonly keyframe: FusedKeyframe; readonly rank: PictureRank } | null;
    };

type ActiveStep = Exclude<AlertStep, { readonly kind: 'pass' }>;

/** Which matches become alerts or revisions of alerts, and their way into the store: see `raiseAlerts`. */
export class AlertLifecycle {
  readonly #options: AlertLifecycleOptions;
  readonly #presence: Presence;
  readonly #maxOpen: number;
  readonly #store: AlertStore;
  /** By track, list and person; the least recently used first. Holds pictures, so it is bounded. */
  readonly #open = new Map<string, OpenAlert>();

  constructor(options: AlertLifecycleOptions) {
    this.#options = options;
    this.#maxOpen = options.maxOpen ?? 256;
    this.#store = options.store;
    this.#presence = new Presence({
      store: options.store,
      clock: options.clock,
      quietPeriod: options.quietPeriod ?? 60_000,
      stillAfter: options.stillAfter ?? 600_000,
      onError: (error) => options.onError?.(error),
    });
  }

  /** What a track no longer matches is not kept in view by it. */
  compare(template: TrackTemplate, matches: readonly ListMatch[]): void {
    this.#presence.leave(template, matches);
  }

  /** Takes a note on a track: it is in view, it has left. */
  note(note: TrackNote): void {
    if (note.kind === 'seen') this.#presence.seen(note.seen);
    else this.#presence.ended(note.track);
  }

  /** Decides, by what this camera and the store know of the person. */
  decide(template: TrackTemplate, match: ListMatch): AlertStep {
    const open = this.#open.get(openKey(template, match)) ?? null;
    if (!open) {
      const covering = this.#presence.covering(template, match);
      if (covering !== null) {
        this.#presence.join(template, match, covering);
        this.#options.onQuiet?.(match, template);
        return { kind: 'pass' };
      }
      return { kind: 'create', open, picture: bestPicture(template, match) };
    }
    this.#presence.join(template, match, open.alert.id);
    const picture = bestPicture(template, match);
    const isBetter = comparePictures(picture.rank, open.picture) > 0;
    if (isBetter || match.scores.fused > open.alert.scores.fused) {
      // Where another enrolled image matches, the picture beside it changes, too.
      const isSame = match.templateId === open.alert.templateId;
      return { kind: 'replace', open, picture: isBetter || !isSame ? picture : null };
    }
    if (template.keyframes > open.alert.keyframes) {
      return { kind: 'count', open };
    }
    return { kind: 'pass' };
  }

  /**
   * Makes the alert or its next revision and stores it.
   * @param evidence all its pictures of a new alert, else those that changed; null where none did
   * @returns null when the alert is gone: deleted by retention or with its person
   */
  record(
    { template, cause }: Pick<MatchedTemplate, 'template' | 'cause'>,
    match: ListMatch,
    step: ActiveStep,
    evidence: EvidenceChange | null,
  ): RaisedAlert | null {
    const now = this.#options.clock.now();
    const before = step.open;
    const drafted =
      step.kind === 'count'
        ? countedAlert(step.open.alert, template, now, evidence)
        : this.#decidedAlert(step, template, match, now, evidence);
    const alert = this.#put(drafted, before, evidence);
    if (alert === null) {
      this.#open.delete(openKey(template, match));
      return null;
    }
    const capturedMonotonic =
      step.kind === 'count' ? step.open.capturedMonotonic : template.latest.capturedMonotonic;
    const rank = step.kind === 'count' ? undefined : step.picture?.rank;
    const picture = rank ?? before?.picture ?? noPicture;
    this.#remember(template, match, { alert, picture, capturedMonotonic });
    return {
      alert,
      change: before ? 'updated' : 'created',
      evidence,
      capturedMonotonic,
      isNewlyDecided: step.kind !== 'count',
      cause,
    };
  }

  #decidedAlert(
    step: Exclude<ActiveStep, { readonly kind: 'count' }>,
    template: TrackTemplate,
    match: ListMatch,
    now: number,
    evidence: EvidenceChange | null,
  ): DecidedAlert {
    const before = step.open?.alert ?? null;
    const { latest } = template;
    const isSurer = before === null || match.scores.fused > before.scores.fused;
    const { scores, threshold, fpir, gallerySize, templateId } = isSurer ? match : before;
    return {
      id: before?.id ?? this.#options.newId(),
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
      scores,
      threshold,
      fpir,
      gallerySize,
      meanGate: template.meanGate,
      ...this.#pictured(step.picture?.keyframe ?? null, before, template, evidence),
      keyframes: template.keyframes,
      best: bestOf(evidence) ?? before?.best ?? [],
      models: this.#options.modelStamps,
      configHash: this.#options.configHash,
      stored: true,
    };
  }

  /** What an alert says of the face that it shows. */
  #pictured(
    keyframe: FusedKeyframe | null,
    before: Alert | null,
    { latest }: TrackTemplate,
    evidence: EvidenceChange | null,
  ) {
    if (keyframe === null && before !== null) {
      const { capturedAt, quality, interEyeDistance, components, place, enhancement } =
        before as DecidedAlert;
      return { capturedAt, quality, interEyeDistance, components, place, enhancement };
    }
    const shown = keyframe ?? latest;
    return {
      capturedAt: shown.capturedAt,
      quality: shown.quality.score,
      interEyeDistance: shown.interEyeDistance,
      components: reportComponents(shown.quality),
      place: shareOf(shown.box, { width: shown.frameWidth, height: shown.frameHeight }),
      enhancement: enhancementOf(shown, evidence, this.#options.modelStamps),
    };
  }

  /** The alert as it now stands: reviewers may have changed the stored one. Null when it is gone. */
  #put(drafted: Alert, before: OpenAlert | null, evidence: EvidenceChange | null): Alert | null {
    if (before === null) {
      if (!isWhole(evidence)) throw new TypeError('Cannot store an alert without its pictures');
      return this.#store.insert(drafted, evidence);
    }
    try {
      return this.#store.update(drafted, evidence);
    } catch (error) {
      if (!isNightglassError(error, 'NOT_FOUND')) throw error;
      return null;
    }
  }

  #remember(template: TrackTemplate, match: ListMatch, open: OpenAlert): void {
    refresh(this.#open, openKey(template, match), open, this.#maxOpen);
    this.#presence.join(template, match, open.alert.id);
  }
}

function countedAlert(
  before: Alert,
  template: TrackTemplate,
  now: number,
  evidence: EvidenceChange | null,
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

function bestOf(evidence: EvidenceChange | null): BestKind[] | undefined {
  return evidence?.best?.map((_, at): BestKind => `best-${(at + 1) as 1 | 2 | 3 | 4}`);
}

function openKey({ trackId }: TrackTemplate, { watchlistId, personId }: ListMatch): string {
  return JSON.stringify([trackId, watchlistId, personId]);
}

/** Sets the entry as the most recently used one; the least recently used gives way. */
function refresh<V>(map: Map<string, V>, key: string, value: V, limit: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= limit) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
