import { EMPTY, lastValueFrom, toArray } from 'rxjs';
import { analyse } from '../../../src/app/analyse.ts';
import { analysisSettings } from '../../../src/app/analysis-settings.ts';
import { detectInStill } from '../../../src/app/detect-in-still.ts';
import { cameraConfig } from '../../../src/config/camera-config.ts';
import { parseConfig } from '../../../src/config/load-config.ts';
import type { DetectedFace } from '../../../src/domain/detection.ts';
import type { Frame } from '../../../src/domain/frame/frame.ts';
import type { ImageCodec } from '../../../src/domain/frame/image-codec.ts';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';
import type { RgbImage } from '../../../src/domain/image/image.ts';
import { PartShare } from '../../../src/domain/part-share.ts';
import type { RaisedAlert } from '../../../src/domain/raised-alert.ts';
import type { ModelEmbedder } from '../../../src/inference/embedder.ts';
import { createInference, type Inference } from '../../../src/inference/inference.ts';
import { pullFrames } from '../../../src/operators/pull-frames.ts';
import { createAlertIds } from '../../../src/services/alerts/alert-id.ts';
import { SqliteAlertStore } from '../../../src/services/alerts/alert-store.ts';
import { type EnrolmentOptions, enrol } from '../../../src/services/enrolment/enrol.ts';
import type { NamedImage } from '../../../src/services/enrolment/grade-image.ts';
import type { ImageOutcome } from '../../../src/services/enrolment/image-outcome.ts';
import { type DescribedFace, describeFaces } from '../../../src/services/faces/describe-faces.ts';
import { poorViewMaker } from '../../../src/services/faces/poor-view.ts';
import type { Calibration } from '../../../src/services/search/calibration.ts';
import { WatchlistGallery } from '../../../src/services/search/gallery.ts';
import { similarityLevels } from '../../../src/services/search/similarity-levels.ts';
import { WatchlistStore } from '../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { createMemoryStore } from '../../../src/store/create-store.ts';
import { createImageCodec } from '../../../src/streams/image-codec.ts';
import { FakeClock } from '../fake-clock.ts';
import { testManifest } from '../live/demo-footage.ts';
import { type FootageObservers, KeyframeFlow } from './keyframe-flow.ts';

const { config } = parseConfig('{}', 'defaults');
const { motion } = cameraConfig.parse({ id: 'footage', url: 'rtsp://127.0.0.1/' });
const scene = { motion, masks: [], zones: [], faceSize: null, schedule: null };

/** Makes frames on the clock of the footage, which moves with them. */
export type FrameSource = (options: {
  readonly cameraId: string;
  readonly ledger: FrameLedger;
  readonly clock: FakeClock;
  readonly startAt: number;
}) => AsyncIterable<Frame>;

/**
 * The product's analysis on recorded footage: its operators, models and default settings, its
 * enrolment, its stores on SQLite in memory. Time is the footage's, however fast it is analysed.
 */
export interface FootageAnalysis extends AsyncDisposable {
  readonly alerts: SqliteAlertStore;
  readonly watchlists: WatchlistStore;
  readonly gallery: WatchlistGallery;
  readonly codec: ImageCodec;
  readonly embedder: ModelEmbedder;
  readonly calibration: Calibration | undefined;
  /** Faces of a still picture, as enrolment sees them. */
  readonly find: (image: RgbImage) => Promise<readonly DetectedFace[]>;
  /** The same with quality and embeddings, by the live path's own models. */
  readonly describe: (image: RgbImage) => Promise<readonly DescribedFace[]>;
  readonly enrolment: EnrolmentOptions;
  /** Makes a list that runs on all cameras, at the default rate of false alerts. */
  addList(name: string): string;
  /** Puts somebody on a list. */
  enrol(watchlistId: string, name: string, images: readonly NamedImage[]): Promise<Enrolled>;
  /** Runs footage of a camera through; what it raised. */
  run(
    cameraId: string,
    source: FrameSource,
    observers?: FootageObservers,
  ): Promise<readonly RaisedAlert[]>;
}

export interface Enrolled {
  readonly personId: string;
  readonly outcomes: readonly ImageOutcome[];
}

/** Opens the analysis. */
export async function openFootageAnalysis(): Promise<FootageAnalysis> {
  const clock = new FakeClock();
  const now = clock.now;
  const store = createMemoryStore({ clock });
  const audit = new AuditLog({ store, now });
  const watchlists = new WatchlistStore({ store, audit, now });
  const alerts = new SqliteAlertStore({ store, audit, now, policy: (id) => watchlists.find(id) });
  const inference = await createInference({ manifestPath: testManifest, requestTimeout: 60_000 });
  const embedder = inference.embedder();
  const codec = createImageCodec();
  const gallery = new WatchlistGallery({
    source: watchlists,
    now,
    calibration: () => inference.calibration,
    poorViews: inference.poorView,
  });
  const find = detectInStill(
    inference.detector({ inputWidth: 640, scoreThreshold: config.detection.minScore }),
  );
  const enrolment = enrolmentBy({ watchlists, codec, find, embedder, gallery, inference });
  const ports = {
    partShare: new PartShare({ total: 12, clock }),
    detector: inference.detector({
      inputWidth: config.detection.inputSize,
      scoreThreshold: Math.min(0.3, config.detection.minScore),
    }),
    aligner: inference.aligner(),
    enhancer: inference.enhancer(),
    embedder,
    fuser: inference.fuser(),
    gallery,
    strangerBelow: () => similarityLevels(inference.calibration).stranger,
    listChanges$: EMPTY,
    alertStore: alerts,
    codec,
    clock,
    newAlertId: createAlertIds({ clock }),
    enrolledImage: async (templateId: string) => watchlists.templateImage(templateId),
    modelStamps: inference.stamps(),
    configHash: () => 'corpus',
  };
  return {
    ...{ alerts, watchlists, gallery, codec, embedder, find, enrolment },
    describe: (image) => describeFaces(image, { ...ports, find }),
    calibration: inference.calibration,
    addList: (name) =>
      watchlists.create({
        ...{ name, purpose: 'test', legalBasis: 'test', authorisation: 'T-1', owner: 'tests' },
        cameras: '*',
      }).id,
    async enrol(watchlistId, name, images) {
      const { id: personId } = watchlists.addPerson(watchlistId, { name });
      const { images: outcomes } = await enrol(enrolment, personId, images);
      return { personId, outcomes };
    },
    async run(cameraId, source, observers = {}) {
      const ledger = new FrameLedger();
      const flow = new KeyframeFlow();
      const frames = flow.slowed(source({ cameraId, ledger, clock, startAt: now() }), clock);
      const raised$ = analyse(
        pullFrames(frames, { maxRate: config.detection.rate }),
        analysisSettings(config, { id: cameraId, scene }),
        ports,
        flow.listener(observers),
      );
      const raised = await lastValueFrom(raised$.pipe(toArray()));
      if (ledger.live !== 0) throw new Error(`${ledger.live} frames were not disposed of`);
      const lost = ledger.drops().filter(({ reason }) => reason !== 'rate');
      if (lost.length > 0) throw new Error(`Frames were dropped: ${JSON.stringify(lost)}`);
      return raised;
    },
    async [Symbol.asyncDispose]() {
      gallery[Symbol.dispose]();
      alerts[Symbol.dispose]();
      await inference.close();
      store.close();
    },
  };
}

/** Enrolment as the product wires it. */
function enrolmentBy({
  watchlists,
  codec,
  find,
  embedder,
  gallery,
  inference,
}: Pick<FootageAnalysis, 'watchlists' | 'codec' | 'find' | 'embedder' | 'gallery'> & {
  readonly inference: Inference;
}): EnrolmentOptions {
  return {
    store: watchlists,
    codec,
    finder: { find },
    embedder,
    calibration: () => inference.calibration,
    poorViews: poorViewMaker(inference.poorView, {
      embedder,
      enhancer: inference.enhancer(),
      fuser: inference.fuser(),
    }),
    candidates: (probe, id, limit) => gallery.candidates(probe, id, limit),
  };
}
