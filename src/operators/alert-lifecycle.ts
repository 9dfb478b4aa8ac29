import {
  type Alert,
  type EvidenceChange,
  isWhole,
  type ModelStamp,
  type SightingEvidence,
} from '../domain/alert.ts';
import { type AlertClip, noClip } from '../domain/clip.ts';
import type { Clock } from '../domain/clock.ts';
import { isNightglassError } from '../domain/errors.ts';
import type { ListMatch, MatchedTemplate } from '../domain/match.ts';
import type { AlertStore, RaisedAlert } from '../domain/raised-alert.ts';
import { lastSeenAnywhere, type NewSighting } from '../domain/sightings.ts';
import type { TrackNote } from '../domain/track.ts';
import type { TrackTemplate } from '../domain/track-template.ts';
import { countedAlert, decidedAlert, decidedSighting, type Findings } from './alert-draft.ts';
import { bestPicture, type PicturedFace } from './pictured-face.ts';
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
  /**
   * Somebody seen again within this time, at any camera, joins the alert that nobody has decided
   * yet as a sighting, milliseconds; 0: each is an alert. Default 1800000.
   */
  readonly joinWithin?: number;
  /** A face in one place for so long is marked as still, milliseconds; default 600000. */
  readonly stillAfter?: number;
  /** Whether faces of a track may come again after a restart. Default: they do not. */
  readonly mayComeAgain?: boolean;
  /** The models behind the scores. */
  readonly modelStamps: readonly ModelStamp[];
  /** Hash of the configuration in force. */
  readonly configHash: string;
  /** Whether the seconds around an appearance at a camera are kept. Default: they are not. */
  readonly clipOf?: (cameraId: string) => AlertClip;
  /**
   * Told when a picture could not be made (it is empty or null then), or the
   * store could not be asked for the last alert. Default: ignored.
   */
  readonly onError?: (error: unknown) => void;
  /** Told when the quiet period kept an alert back. */
  readonly onQuiet?: (match: ListMatch, template: TrackTemplate) => void;
  /** Told when a match waits for a face above the quality gate. */
  readonly onBelowGate?: (match: ListMatch, template: TrackTemplate) => void;
  /** Alerts that later keyframes may still update, at most; default 256. */
  readonly maxOpen?: number;
}

interface OpenAlert {
  readonly alert: Alert;
  /** What this track has added to the alert; null where the alert itself is this track's. */
  readonly sighting: NewSighting | null;
  readonly capturedMonotonic: number;
  /** How like the enrolled image the pictured face is by itself. */
  readonly likeness: number;
}

/** What a match calls for. */
export type AlertStep =
  | { readonly kind: 'pass' }
  | { readonly kind: 'count'; readonly open: OpenAlert }
  | {
      readonly kind: 'create' | 'replace';
      readonly open: OpenAlert | null;
      /** The keyframe to show; null where the picture shown is better. */
      readonly picture: PicturedFace | null;
    };

/** What was stored. */
interface Put extends Pick<RaisedAlert, 'alert' | 'change'> {
  readonly sighting: NewSighting | null;
}

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
      mayComeAgain: options.mayComeAgain ?? false,
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
      const picture = bestPicture(template, match);
      if (picture === null) {
        // Nobody could judge such a picture; the track's next good face raises the alert.
        this.#options.onBelowGate?.(match, template);
        return { kind: 'pass' };
      }
      return { kind: 'create', open, picture };
    }
    this.#presence.join(template, match, open.alert.id);
    const picture = bestPicture(template, match);
    const isBetter = picture !== null && picture.likeness > open.likeness;
    const own = open.sighting ?? open.alert;
    // Where another enrolled image matches, the picture beside it changes, too.
    const isSame = open.sighting !== null || match.templateId === open.alert.templateId;
    const isSurer = match.scores.fused > own.scores.fused && (isSame || picture !== null);
    if (isBetter || isSurer) {
      return { kind: 'replace', open, picture: isBetter || !isSame ? picture : null };
    }
    if (template.keyframes > own.keyframes) {
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
    const keyframe = step.kind === 'count' ? null : (step.picture?.keyframe ?? null);
    const findings = { template, match, keyframe, evidence };
    const before = step.open;
    const put = this.#put(step, findings);
    if (put === null) {
      this.#open.delete(openKey(template, match));
      return null;
    }
    const capturedMonotonic =
      step.kind === 'count' ? step.open.capturedMonotonic : template.latest.capturedMonotonic;
    const shown = step.kind === 'count' ? undefined : step.picture?.likeness;
    const likeness = shown ?? before?.likeness ?? Number.NEGATIVE_INFINITY;
    const { alert, sighting, change } = put;
    this.#remember(template, match, { alert, sighting, likeness, capturedMonotonic });
    return {
      alert,
      change,
      trackId: template.trackId,
      evidence,
      capturedMonotonic,
      isNewlyDecided: step.kind !== 'count',
      cause,
    };
  }

  /** Stores the alert or the sighting. Null when the alert is gone. */
  #put(step: ActiveStep, findings: Findings): Put | null {
    const { open } = step;
    if (open === null) {
      // Asked at the last moment: another camera may have raised it while pictures were made.
      const joined = this.#joinable(findings.match);
      const sighted = joined === undefined ? null : this.#sight(joined, null, findings);
      if (sighted !== null) return sighted;
      const { evidence } = findings;
      if (!isWhole(evidence)) throw new TypeError('Cannot store an alert without its pictures');
      const alert = this.#store.insert(this.#drafted(null, findings), evidence);
      return { alert, sighting: null, change: 'created' };
    }
    if (open.sighting !== null) return this.#sight(open.alert, open.sighting, findings);
    const drafted =
      step.kind === 'count'
        ? countedAlert(open.alert, findings, this.#options.clock.now())
        : this.#drafted(open.alert, findings);
    const alert = orGone(() => this.#store.update(drafted, findings.evidence));
    return alert && { alert, sighting: null, change: 'updated' };
  }

  #drafted(before: Alert | null, findings: Findings): Alert {
    const { newId, clock, modelStamps, configHash } = this.#options;
    const clip = this.#clipOf(findings);
    return decidedAlert(before, findings, {
      ...{ newId, now: clock.now(), modelStamps, configHash, clip },
    });
  }

  /** The undecided alert that an appearance of this person joins. */
  #joinable({ watchlistId, personId }: ListMatch): Alert | undefined {
    const { joinWithin = 1_800_000, clock } = this.#options;
    if (joinWithin === 0) return undefined;
    const open = this.#store.openAlert(watchlistId, personId);
    if (open === undefined) return undefined;
    return clock.now() - lastSeenAnywhere(open) < joinWithin ? open : undefined;
  }

  #sight({ id }: Alert, before: NewSighting | null, findings: Findings): Put | null {
    const sighting = decidedSighting(before, findings, this.#clipOf(findings));
    const { evidence } = findings;
    const pictures: SightingEvidence | null = isWhole(evidence) ? evidence : null;
    const stored = orGone(() => this.#store.sight(id, sighting, pictures));
    if (stored === null) return null;
    return { alert: stored.alert, sighting, change: stored.isNew ? 'sighted' : 'updated' };
  }

  #clipOf({ template }: Findings): AlertClip {
    return this.#options.clipOf?.(template.cameraId) ?? noClip;
  }

  #remember(template: TrackTemplate, match: ListMatch, open: OpenAlert): void {
    refresh(this.#open, openKey(template, match), open, this.#maxOpen);
    this.#presence.join(template, match, open.alert.id);
  }
}

/** Null when the alert is gone: deleted by retention or with its person. */
function orGone<T>(change: () => T): T | null {
  try {
    return change();
  } catch (error) {
    if (!isNightglassError(error, 'NOT_FOUND')) throw error;
    return null;
  }
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
