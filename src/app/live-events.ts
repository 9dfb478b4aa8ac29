import { Subject } from 'rxjs';
import type { Alert } from '../domain/alert.ts';
import type { AlertEvent } from '../domain/alert-event.ts';
import type { ArmingChange } from '../domain/arming.ts';
import type { CameraStatus } from '../domain/camera-status.ts';
import type { Frame } from '../domain/frame/frame.ts';
import type { GradedFace } from '../domain/graded-face.ts';
import type { DetectionEvent, EmbeddingEvent, TrackEvent } from '../domain/live-events.ts';
import type { SiteAlertChange } from '../domain/site-alert.ts';
import type { EndedTrack, TrackSplit } from '../domain/track.ts';
import type { TrackTemplate } from '../domain/track-template.ts';

/** A track of the tracker that is in view, as clients know it. */
interface TrackInView {
  /** Another than the tracker's once the track was split. */
  readonly trackId: string;
  readonly startedAt: number;
  /** Detections by the tracker's count: before this track began, and by now. */
  readonly hitsBefore: number;
  hits: number;
}

/**
 * What is sent to live clients, as it happens. Nothing is kept. Boxes, tracks, embeddings and
 * alerts name a track that was split alike.
 */
export class LiveEvents {
  readonly detections$ = new Subject<DetectionEvent>();
  readonly tracks$ = new Subject<TrackEvent>();
  readonly embeddings$ = new Subject<EmbeddingEvent>();
  readonly alerts$ = new Subject<AlertEvent<Alert>>();
  readonly status$ = new Subject<CameraStatus>();
  readonly arming$ = new Subject<ArmingChange>();
  readonly siteAlerts$ = new Subject<SiteAlertChange>();
  /** Ids of cameras that are gone. */
  readonly gone$ = new Subject<string>();
  // By camera and by the tracker's id: bounded by the tracker's own limit.
  readonly #inView = new Map<string, Map<string, TrackInView>>();

  frame(frame: Frame, faces: readonly GradedFace[]): void {
    const { cameraId, sequence, capturedAt } = frame;
    const inView = faces.map((face) => this.#sighted(frame, face));
    this.detections$.next({
      cameraId,
      sequence,
      capturedAt,
      frameWidth: frame.width,
      frameHeight: frame.height,
      faces: faces.map(({ box, landmarks, score, trackId, quality }, at) => ({
        box,
        landmarks,
        score,
        trackId: inView[at]?.trackId ?? trackId,
        quality: quality.score,
        verdict: quality.verdict,
      })),
    });
  }

  ended(track: EndedTrack): void {
    const shown = this.#inView.get(track.cameraId)?.get(track.trackId);
    this.#inView.get(track.cameraId)?.delete(track.trackId);
    const known = shown && {
      trackId: shown.trackId,
      startedAt: Math.max(track.startedAt, shown.startedAt),
      hits: track.hits - shown.hitsBefore,
    };
    this.tracks$.next({ ...track, ...known, phase: 'ended' });
  }

  /** A track goes on under another id, which its boxes have from now on. */
  split({ trackerId, ended, trackId, startedAt }: TrackSplit): void {
    const { cameraId } = ended;
    const inView = this.#inView.get(cameraId);
    const shown = inView?.get(trackerId);
    const begun = { cameraId, trackId, startedAt, endedAt: startedAt, hits: 1 };
    if (inView === undefined || shown === undefined) {
      // It left the view while its last face was on its way: its end was sent.
      this.tracks$.next({ ...begun, phase: 'started' });
      this.tracks$.next({ ...begun, phase: 'ended' });
      return;
    }
    const { hits, hitsBefore } = shown;
    inView.set(trackerId, { trackId, startedAt, hitsBefore: hits - 1, hits });
    this.tracks$.next({ ...ended, hits: hits - hitsBefore, phase: 'ended' });
    this.tracks$.next({ ...begun, phase: 'started' });
  }

  template(template: TrackTemplate): void {
    const { latest } = template;
    this.embeddings$.next({
      cameraId: template.cameraId,
      trackId: template.trackId,
      sequence: latest.sequence,
      capturedAt: latest.capturedAt,
      model: template.model,
      fused: template.fused,
      raw: template.raw,
      enhanced: template.enhanced,
      keyframes: template.keyframes,
      meanGate: template.meanGate,
      quality: latest.quality.score,
    });
  }

  /** Forgets a camera that is gone. */
  forget(cameraId: string): void {
    this.#inView.delete(cameraId);
  }

  close(): void {
    for (const subject of [
      this.detections$,
      this.tracks$,
      this.embeddings$,
      this.alerts$,
      this.status$,
      this.gone$,
      this.arming$,
      this.siteAlerts$,
    ]) {
      subject.complete();
    }
  }

  #sighted({ cameraId, capturedAt }: Frame, { trackId, hits }: GradedFace): TrackInView {
    let inView = this.#inView.get(cameraId);
    if (inView === undefined) {
      inView = new Map();
      this.#inView.set(cameraId, inView);
    }
    const known = inView.get(trackId);
    if (known !== undefined) {
      known.hits = hits;
      return known;
    }
    const begun = { trackId, startedAt: capturedAt, hitsBefore: 0, hits };
    inView.set(trackId, begun);
    const times = { startedAt: capturedAt, endedAt: capturedAt };
    this.tracks$.next({ cameraId, trackId, phase: 'started', ...times, hits });
    return begun;
  }
}
