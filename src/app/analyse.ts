import { type Observable, type OperatorFunction, pipe } from 'rxjs';
import { clusterBounds } from '../domain/bounds.ts';
import type { Frame } from '../domain/frame/frame.ts';
import type { FusedKeyframe, Keyframe, TrackEvent } from '../domain/keyframe.ts';
import type { RaisedAlert } from '../domain/raised-alert.ts';
import type { TemplateEvent, TrackTemplate } from '../domain/track-template.ts';
import { align } from '../operators/align.ts';
import { Backlog } from '../operators/backlog.ts';
import { clothingAppearance } from '../operators/clothing-appearance.ts';
import { detect } from '../operators/detect.ts';
import { embed } from '../operators/embed.ts';
import { endSilentTracks } from '../operators/end-silent-tracks.ts';
import { enhance } from '../operators/enhance.ts';
import { fuse } from '../operators/fuse.ts';
import { gateQuality } from '../operators/gate-quality.ts';
import { keepLatest } from '../operators/keep-latest.ts';
import { match } from '../operators/match.ts';
import { poolTemplate } from '../operators/pool-template.ts';
import { raiseAlerts } from '../operators/raise-alerts.ts';
import { recogniseElsewhere } from '../operators/recognise-elsewhere.ts';
import { selectKeyframes } from '../operators/select-keyframes.ts';
import { sceneLook } from '../operators/shot-change.ts';
import { track } from '../operators/track.ts';
import { TrackMarks } from '../operators/track-marks.ts';
import { watchMotion } from '../operators/watch-motion.ts';
import type {
  AnalysisListener,
  AnalysisPorts,
  AnalysisSettings,
  FacePorts,
} from './analysis-contract.ts';
import { createLooks } from './looks.ts';
import { createStages, type Stages } from './stage.ts';

/**
 * Who recognises elsewhere says which face goes first and which is dropped: all get there. Notes on
 * tracks wait for their faces here, and are small.
 */
const elsewhereRoom = { concurrency: 256, capacity: 256 } as const;

/** What a source that can wait waits for. */
interface AnalysisRoom {
  /** Of the stages behind. */
  readonly backlog: Backlog;
  /** Frames that it lets through at once; default 2. */
  readonly inFlight?: number;
  /** Frames in which faces are looked for at once; default 2. */
  readonly looksAtOnce?: number;
}

/**
 * The way of a frame, from camera to alert.
 * @param room a live camera never waits, and needs none
 */
export function analyse(
  frames$: Observable<Frame>,
  settings: AnalysisSettings,
  ports: AnalysisPorts,
  listener: AnalysisListener,
  room: AnalysisRoom = { backlog: new Backlog() },
): Observable<RaisedAlert> {
  const { cameraId, rate, maxAge } = settings;
  const { clock } = ports;
  const stages = createStages(cameraId, clock, listener);
  const { admission } = stages;
  const { inFlight = 2 } = room;
  const split = new TrackMarks();

  return frames$.pipe(
    admission(keepLatest({ clock, inFlight, maxRate: rate, maxAge })),
    recognise(settings, ports, listener, { stages, split, ...room }),
    pooled(stages, ports, listener, split),
    alertOn(settings, ports, listener, stages),
  );
}

/**
 * The way of a frame on a node that holds no watchlist: up to the templates of tracks, whose
 * keyframes another node compares.
 */
export function recogniseRemote(
  frames$: Observable<Frame>,
  settings: AnalysisSettings,
  ports: FacePorts & Pick<AnalysisPorts, 'strangerBelow'>,
  listener: AnalysisListener,
): Observable<TemplateEvent> {
  const { cameraId, rate, maxAge } = settings;
  const { clock } = ports;
  const stages = createStages(cameraId, clock, listener);
  const split = new TrackMarks();
  return frames$.pipe(
    stages.admission(keepLatest({ clock, inFlight: 2, maxRate: rate, maxAge })),
    recognise(settings, ports, listener, { stages, split, backlog: new Backlog() }),
    pooled(stages, ports, listener, split),
  );
}

/** The templates of tracks; a track that comes to show another person ends there. */
function pooled(
  { stage }: Stages,
  { strangerBelow }: Pick<AnalysisPorts, 'strangerBelow'>,
  listener: AnalysisListener,
  split: TrackMarks,
): OperatorFunction<TrackEvent<FusedKeyframe>, TemplateEvent> {
  return stage('pool', () =>
    poolTemplate({
      strangerBelow,
      onSplit(event) {
        split.add(event.trackerId);
        listener.split(event);
      },
    }),
  );
}

/**
 * The rest of the way of faces that another node recognised: its tracks are split there already.
 * @param onHandled told of each template of which all is stored that follows from it
 */
export function alertOnRemote(
  events$: Observable<TrackEvent<FusedKeyframe>>,
  settings: AnalysisSettings,
  ports: AnalysisPorts,
  listener: AnalysisListener,
  onHandled: (template: TrackTemplate) => void,
): Observable<RaisedAlert> {
  const stages = createStages(settings.cameraId, ports.clock, listener);
  return events$.pipe(
    endSilentTracks({ clock: ports.clock, silence: clusterBounds.trackSilenceMs }),
    stages.stage('pool', () => poolTemplate()),
    alertOn(settings, ports, listener, stages, onHandled),
  );
}

function alertOn(
  settings: AnalysisSettings,
  ports: AnalysisPorts,
  listener: AnalysisListener,
  { stage }: Stages,
  onHandled?: (template: TrackTemplate) => void,
): OperatorFunction<TemplateEvent, RaisedAlert> {
  const { cameraId } = settings;
  const { gallery } = ports;
  return pipe(
    stage('match', (onError) => match({ gallery, changes$: ports.listChanges$, onError })),
    stage('alert', (onError) =>
      raiseAlerts({
        ...alerting(settings, ports),
        get configHash() {
          return ports.configHash();
        },
        onBelowGate: () => listener.rejected(cameraId, 'below_gate'),
        onError,
        onDropped: () => listener.rejected(cameraId, 'busy'),
        ...(onHandled && {
          mayComeAgain: true,
          onHandled: ({ template }) => onHandled(template),
        }),
      }),
    ),
  );
}

/**
 * The part of the way that needs no watchlist: from frames that were admitted to the fused
 * embeddings of each track's best pictures.
 */
export function recognise(
  settings: AnalysisSettings,
  ports: FacePorts,
  listener: AnalysisListener,
  {
    stages: { stage },
    backlog,
    split,
    inFlight = 2,
    looksAtOnce: concurrency = 2,
  }: { readonly stages: Stages; readonly split?: TrackMarks } & AnalysisRoom,
): OperatorFunction<Frame, TrackEvent<FusedKeyframe>> {
  const { cameraId, minInterEyeDistance, minQuality } = settings;
  const { detector, aligner, enhancer, embedder, fuser, clock } = ports;
  const faces = { backlog, onDropped: () => listener.rejected(cameraId, 'busy') };
  const rejected = new TrackMarks();
  const { motion, ...looks } = createLooks(settings, ports, listener);
  // All that is under way may be at one stage, and what would be one too many there is dropped.
  const capacity = Math.max(4, inFlight);
  const onRejected = ({ trackId }: Keyframe) => {
    rejected.add(trackId);
    listener.rejected(cameraId, 'not_a_face');
  };

  const keyframes = pipe(
    stage('motion', (onError) => watchMotion({ ...motion, capacity, onError })),
    stage('detect', (onError) => detect({ ...looks, detector, concurrency, capacity, onError })),
    stage('track', (onError) =>
      track({
        cameraId,
        clock,
        startScore: settings.minScore,
        minHits: settings.minHits,
        maxUnseen: settings.maxOcclusion,
        appearance: clothingAppearance,
        scene: sceneLook,
        capacity,
        onAppearanceError: onError,
        onActive: (count) => listener.tracks(cameraId, count),
      }),
    ),
    stage('quality', (onError) =>
      gateQuality({
        capacity,
        limits: { minInterEyeDistance, acceptScore: minQuality },
        onRejected: (reason) => listener.rejected(cameraId, reason),
        onError,
      }),
    ),
    stage('keyframe', (onError) =>
      selectKeyframes({
        maxPerTrack: settings.keyframesPerTrack,
        capacity,
        rejected,
        ...(split && { split }),
        onError,
      }),
    ),
  );

  const { elsewhere } = ports;
  if (elsewhere !== undefined) {
    const onOverloaded = ({ trackId }: Keyframe) => {
      // A newer face of its track may have more luck.
      rejected.add(trackId);
      faces.onDropped();
    };
    const given = { ...faces, recogniser: elsewhere, onRejected, onOverloaded, ...elsewhereRoom };
    const elsewhereStage = (onError: (error: unknown) => void) =>
      recogniseElsewhere({ ...given, onError });
    return pipe(keyframes, stage('fuse', elsewhereStage));
  }
  return pipe(
    keyframes,
    stage('align', (onError) => align({ ...faces, aligner, onError })),
    stage('enhance', (onError) => enhance({ ...faces, enhancer, onError })),
    stage('embed', (onError) => embed({ ...faces, embedder, onRejected, onError })),
    stage('fuse', (onError) => fuse({ ...faces, fuser, onError })),
  );
}

/** What alerts of a camera are raised by and with, but for what changes. */
function alerting(
  { quietPeriod, joinWithin, stillAfter }: AnalysisSettings,
  {
    alertStore: store,
    clock,
    newAlertId: newId,
    modelStamps,
    codec,
    enrolledImage,
    clipOf,
  }: AnalysisPorts,
) {
  return {
    ...{ store, clock, newId, modelStamps, codec, enrolledImage },
    ...{ quietPeriod, joinWithin, stillAfter },
    ...(clipOf === undefined ? {} : { clipOf }),
  };
}
