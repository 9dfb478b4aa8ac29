import { Subject } from 'rxjs';
import type { Alert } from '../domain/alert.ts';
import type { AlertEvent } from '../domain/alert-event.ts';
import type { CameraStatus } from '../domain/camera-status.ts';
import type { Frame } from '../domain/frame/frame.ts';
import type { GradedFace } from '../domain/graded-face.ts';
import type { DetectionEvent, EmbeddingEvent, TrackEvent } from '../domain/live-events.ts';
import type { EndedTrack } from '../domain/track.ts';
import type { TrackTemplate } from '../domain/track-template.ts';

/** What is sent to live clients, as it happens. Nothing is kept. */
export class LiveEvents {
  readonly detections$ = new Subject<DetectionEvent>();
  readonly tracks$ = new Subject<TrackEvent>();
  readonly embeddings$ = new Subject<EmbeddingEvent>();
  readonly alerts$ = new Subject<AlertEvent<Alert>>();
  readonly status$ = new Subject<CameraStatus>();
  // Tracks in view by camera: bounded by the tracker's own limit.
  readonly #inView = new Map<string, Set<string>>();

  frame(frame: Frame, faces: readonly GradedFace[]): void {
    const { cameraId, sequence, capturedAt } = frame;
    for (const face of faces) this.#sighted(frame, face);
    this.detections$.next({
      cameraId,
      sequence,
      capturedAt,
      frameWidth: frame.width,
      frameHeight: frame.height,
      faces: faces.map(({ box, landmarks, score, trackId, quality }) => ({
        box,
        landmarks,
        score,
        trackId,
        quality: quality.score,
        verdict: quality.verdict,
      })),
    });
  }

  ended(track: EndedTrack): void {
    this.#inView.get(track.cameraId)?.delete(track.trackId);
    this.tracks$.next({ ...track, phase: 'ended' });
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
    ]) {
      subject.complete();
    }
  }

  #sighted(frame: Frame, face: GradedFace): void {
    let seen = this.#inView.get(frame.cameraId);
    if (seen === undefined) {
      seen = new Set();
      this.#inView.set(frame.cameraId, seen);
    }
    if (seen.has(face.trackId)) return;
    seen.add(face.trackId);
    this.tracks$.next({
      cameraId: frame.cameraId,
      trackId: face.trackId,
      phase: 'started',
      startedAt: frame.capturedAt,
      endedAt: frame.capturedAt,
      hits: face.hits,
    });
  }
}
