import type { Observable } from 'rxjs';
import type { ModelStamp } from '../domain/alert.ts';
import type { CameraScene } from '../domain/camera-scene.ts';
import type { AlertClip } from '../domain/clip.ts';
import type { Clock } from '../domain/clock.ts';
import type { Detector, LookedAtFrame } from '../domain/detection.ts';
import type { Aligner, Embedder, Enhancer, Fuser } from '../domain/face-models.ts';
import type { Frame } from '../domain/frame/frame.ts';
import type { ImageCodec } from '../domain/frame/image-codec.ts';
import type { GradedFrame } from '../domain/graded-face.ts';
import type {
  EmbeddedKeyframe,
  EnhancedKeyframe,
  FusedKeyframe,
  TrackEvent,
} from '../domain/keyframe.ts';
import type { Gallery, MatchEvent } from '../domain/match.ts';
import type { MotionSettings, WatchedFrame } from '../domain/motion.ts';
import type { PartShare } from '../domain/part-share.ts';
import type { QuietScene } from '../domain/quiet-scene.ts';
import type { AlertStore, RaisedAlert } from '../domain/raised-alert.ts';
import type { Recogniser } from '../domain/recogniser.ts';
import type { TrackedFrame, TrackSplit } from '../domain/track.ts';
import type { TemplateEvent } from '../domain/track-template.ts';
import type { Stage, StageMetrics } from '../telemetry/stage-metrics.ts';

/** What the way of a frame needs of the rooms up to the embeddings. */
export interface FacePorts {
  readonly detector: Detector;
  /** Of closer looks among the cameras. */
  readonly partShare: PartShare;
  readonly aligner: Aligner;
  readonly enhancer: Enhancer;
  readonly embedder: Embedder;
  readonly fuser: Fuser;
  /** Takes the place of aligner, enhancer, embedder and fuser. */
  readonly elsewhere?: Recogniser;
  readonly clock: Clock;
}

/** What the way of a frame needs of the rooms; one for all cameras. */
export interface AnalysisPorts extends FacePorts {
  readonly gallery: Gallery;
  /** Likeness (cosine) under which two good faces are of two people, by model. */
  readonly strangerBelow: (model: string) => number;
  /** Emits when what the gallery holds has changed. */
  readonly listChanges$: Observable<unknown>;
  readonly alertStore: AlertStore;
  readonly codec: ImageCodec;
  readonly newAlertId: () => string;
  readonly enrolledImage: (templateId: string) => Promise<Uint8Array | null>;
  readonly modelStamps: readonly ModelStamp[];
  /** Hash of the configuration in force; a reload changes it. */
  readonly configHash: () => string;
  /** Whether the seconds around an appearance at a camera are kept. */
  readonly clipOf?: (cameraId: string) => AlertClip;
}

export interface AnalysisSettings {
  readonly cameraId: string;
  readonly scene: Pick<CameraScene, 'zones' | 'faceSize'> & {
    readonly motion: Omit<MotionSettings, 'rest'>;
  };
  /** Is told whether anything happens. */
  readonly quiet?: QuietScene | undefined;
  /** Longer side of the picture that the detector sees, pixels. */
  readonly inputSize: number;
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
  readonly joinWithin: number;
  readonly stillAfter: number;
}

/** Follows single frames on their way. */
export interface FrameFollower {
  decoded(frame: Frame): void;
  admitted(frame: Frame): void;
  left(cameraId: string, capturedMonotonic: number, stage: Stage, trackId?: string): void;
}

/**
 * What leaves each stage. Watching for motion takes a fraction of a millisecond and is not
 * measured, pooling is measured with fusion: it takes no time of its own.
 */
export interface StageOutputs {
  readonly motion: WatchedFrame;
  readonly detect: LookedAtFrame;
  readonly track: TrackedFrame;
  readonly quality: GradedFrame;
  readonly keyframe: TrackEvent;
  readonly align: TrackEvent;
  readonly enhance: TrackEvent<EnhancedKeyframe>;
  readonly embed: TrackEvent<EmbeddedKeyframe>;
  readonly fuse: TrackEvent<FusedKeyframe>;
  readonly pool: TemplateEvent;
  readonly match: MatchEvent;
  readonly alert: RaisedAlert;
}
export type StageName = keyof StageOutputs;

/** Observers of what leaves a stage of this camera. A frame may be read now and not kept. */
export type StageObservers = {
  readonly [S in StageName]?: (output: StageOutputs[S], cameraId: string) => void;
};

/** What is reported along the way, for telemetry and live clients. */
export interface AnalysisListener {
  readonly stages: StageMetrics;
  /** Null when nobody asked for traces. */
  readonly follower: FrameFollower | null;
  readonly left: StageObservers;
  rejected(cameraId: string, reason: string): void;
  /** Parts of a picture were looked at closer, others left for want of room. */
  parts(cameraId: string, looked: number, left: number): void;
  readonly split: (split: TrackSplit) => void;
  tracks(cameraId: string, active: number): void;
  failed(cameraId: string, stage: StageName, error: unknown): void;
}
