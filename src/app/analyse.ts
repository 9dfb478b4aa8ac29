import { type Observable, tap } from 'rxjs';
import type { ModelStamp } from '../domain/alert.ts';
import type { Clock } from '../domain/clock.ts';
import type { Detector } from '../domain/detection.ts';
import type { Embedder, Enhancer, Fuser } from '../domain/face-models.ts';
import type { Frame } from '../domain/frame/frame.ts';
import type { ImageCodec } from '../domain/frame/image-codec.ts';
import type { GradedFace } from '../domain/graded-face.ts';
import type { TrackEvent } from '../domain/keyframe.ts';
import type { Gallery } from '../domain/match.ts';
import type { AlertStore, RaisedAlert } from '../domain/raised-alert.ts';
import type { EndedTrack } from '../domain/track.ts';
import type { TrackTemplate } from '../domain/track-template.ts';
import { Backlog } from '../operators/backlog.ts';
import { clothingAppearance } from '../operators/clothing-appearance.ts';
import { detect } from '../operators/detect.ts';
import { embed } from '../operators/embed.ts';
import { enhance } from '../operators/enhance.ts';
import { fuse } from '../operators/fuse.ts';
import { gateQuality } from '../operators/gate-quality.ts';
import { keepLatest } from '../operators/keep-latest.ts';
import { match } from '../operators/match.ts';
import { poolTemplate } from '../operators/pool-template.ts';
import { raiseAlerts } from '../operators/raise-alerts.ts';
import { selectKeyframes } from '../operators/select-keyframes.ts';
import { track } from '../operators/track.ts';
import type { Stage, StageMetrics } from '../telemetry/stage-metrics.ts';

/** What the way of a frame needs of the rooms; one for all cameras. */
export interface AnalysisPorts {
  readonly detector: Detector;
  readonly enhancer: Enhancer;
  readonly embedder: Embedder;
  readonly fuser: Fuser;
  readonly gallery: Gallery;
  readonly alertStore: AlertStore;
  readonly codec: ImageCodec;
  readonly clock: Clock;
  readonly newAlertId: () => string;
  readonly enrolledImage: (templateId: string) => Promise<Uint8Array | null>;
  readonly modelStamps: readonly ModelStamp[];
  /** Hash of the configuration in force; a reload changes it. */
  readonly configHash: () => string;
}

export interface AnalysisSettings {
  readonly cameraId: string;
  /** Frames a second that are analysed. */
  readonly rate: number;
  readonly minScore: number;
  /** Milliseconds. */
  readonly maxAge: number;
  readonly maxOcclusion: number;
  readonly minHits: number;
  readonly minInterEyeDistance: number;
  readonly minQuality: number;
  readonly keyframesPerTrack: number;
  readonly quietPeriod: number;
}

/** Follows single frames on their way. */
export interface FrameFollower {
  decoded(frame: Frame): void;
  admitted(frame: Frame): void;
  left(cameraId: string, capturedMonotonic: number, stage: Stage, trackId?: string): void;
}

/** What is reported along the way, for telemetry and live clients. */
export interface AnalysisListener {
  readonly stages: StageMetrics;
  /** Null when nobody asked for traces. */
  readonly follower: FrameFollower | null;
  /** A frame was analysed; it may be read now and not kept. */
  frame(frame: Frame, faces: readonly GradedFace[]): void;
  rejected(cameraId: string, reason: string): void;
  keyframe(cameraId: string): void;
  tracks(cameraId: string, active: number): void;
  ended(track: EndedTrack): void;
  template(template: TrackTemplate): void;
  match(watchlistId: string): void;
  failed(cameraId: string, stage: Stage, error: unknown): void;
}

/** The way of a frame, from camera to alert. */
export function analyse(
  frames$: Observable<Frame>,
  settings: AnalysisSettings,
  ports: AnalysisPorts,
  listener: AnalysisListener,
): Observable<RaisedAlert> {
  const { cameraId } = settings;
  const { clock } = ports;
  const { follower } = listener;
  const age = (stage: Stage, capturedMonotonic: number, trackId?: string) => {
    listener.stages.age(stage, (clock.monotonic() - capturedMonotonic) / 1000);
    follower?.left(cameraId, capturedMonotonic, stage, trackId);
  };
  // When a frame left the stage before, monotonic milliseconds.
  const entered = new WeakMap<Frame, number>();
  const frameLeft = (stage: 'detect' | 'track' | 'quality', frame: Frame): void => {
    const now = clock.monotonic();
    const before = entered.get(frame);
    // Detection is timed at its port.
    if (before !== undefined) listener.stages.duration(stage, (now - before) / 1000);
    entered.set(frame, now);
    age(stage, frame.capturedMonotonic);
  };
  const failed = (stage: Stage) => (error: unknown) => listener.failed(cameraId, stage, error);
  const keyframeAge = (stage: Stage, event: TrackEvent): void => {
    if (event.kind !== 'keyframe') return;
    age(stage, event.keyframe.capturedMonotonic, event.keyframe.trackId);
  };
  const face = {
    backlog: new Backlog(),
    onDropped: () => listener.rejected(cameraId, 'busy'),
  };

  const latest = keepLatest({ clock, maxRate: settings.rate, maxAge: settings.maxAge });
  const admitted$ =
    follower === null
      ? frames$.pipe(latest)
      : frames$.pipe(
          tap((frame) => follower.decoded(frame)),
          latest,
          tap((frame) => follower.admitted(frame)),
        );

  const graded$ = admitted$.pipe(
    detect({ detector: ports.detector, onError: failed('detect') }),
    tap(({ frame }) => frameLeft('detect', frame)),

    track({
      cameraId,
      clock,
      startScore: settings.minScore,
      minHits: settings.minHits,
      maxUnseen: settings.maxOcclusion,
      appearance: clothingAppearance,
      onAppearanceError: failed('track'),
      onActive: (count) => listener.tracks(cameraId, count),
    }),
    tap(({ frame, ended }) => {
      if (frame !== null) frameLeft('track', frame);
      for (const gone of ended) listener.ended(gone);
    }),

    gateQuality({
      limits: {
        minInterEyeDistance: settings.minInterEyeDistance,
        acceptScore: settings.minQuality,
      },
      onRejected: (reason) => listener.rejected(cameraId, reason),
      onError: failed('quality'),
    }),
    tap((graded) => {
      if (graded.frame === null) return;
      frameLeft('quality', graded.frame);
      listener.frame(graded.frame, graded.faces);
    }),
  );

  const fused$ = graded$.pipe(
    selectKeyframes({ maxPerTrack: settings.keyframesPerTrack, onError: failed('keyframe') }),
    tap((event) => {
      if (event.kind === 'keyframe') listener.keyframe(cameraId);
      keyframeAge('keyframe', event);
    }),

    enhance({ ...face, enhancer: ports.enhancer, onError: failed('enhance') }),
    tap((event) => keyframeAge('enhance', event)),
    embed({ ...face, embedder: ports.embedder, onError: failed('embed') }),
    tap((event) => keyframeAge('embed', event)),
    fuse({ ...face, fuser: ports.fuser, onError: failed('fuse') }),
    tap((event) => keyframeAge('fuse', event)),
  );

  return fused$.pipe(
    poolTemplate(),
    tap((event) => {
      if (event.kind === 'template') listener.template(event.template);
    }),

    match({ gallery: ports.gallery, onError: failed('match') }),
    tap(({ template, matches }) => {
      age('match', template.latest.capturedMonotonic, template.trackId);
      for (const each of matches) if (each.matched) listener.match(each.watchlistId);
    }),

    raiseAlerts({
      store: ports.alertStore,
      clock,
      newId: ports.newAlertId,
      quietPeriod: settings.quietPeriod,
      modelStamps: ports.modelStamps,
      get configHash() {
        return ports.configHash();
      },
      codec: ports.codec,
      enrolledImage: ports.enrolledImage,
      onStoreFault: failed('alert'),
      onError: failed('alert'),
      onDropped: () => listener.rejected(cameraId, 'busy'),
    }),
    tap(({ alert, capturedMonotonic, isNewlyDecided }) => {
      if (isNewlyDecided) age('alert', capturedMonotonic, alert.trackId);
    }),
  );
}
