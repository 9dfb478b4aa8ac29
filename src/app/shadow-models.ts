import { throttleTime } from 'rxjs';
import { shadowBounds } from '../domain/bounds.ts';
import { NightglassError } from '../domain/errors.ts';
import type { ImageCodec } from '../domain/frame/image-codec.ts';
import type { Log } from '../domain/log.ts';
import type { ShadowRun } from '../domain/shadow.ts';
import { createInference, type Inference } from '../inference/inference.ts';
import { checkTrusted } from '../inference/installed-models.ts';
import { hashFile } from '../inference/manifest.ts';
import type { ArmingService } from '../services/arming/arming-service.ts';
import { TemplateRenewal } from '../services/enrolment/template-renewal.ts';
import { poorViewMaker } from '../services/faces/poor-view.ts';
import { WatchlistGallery } from '../services/search/gallery.ts';
import { SearchQueue } from '../services/search/search-queue.ts';
import { Pace, type PacedModels, pacedModels } from '../services/shadow/pace.ts';
import { ShadowTemplates } from '../services/shadow/shadow-templates.ts';
import type { ShadowPorts } from '../services/shadow/shadow-tracks.ts';
import type { Foundation } from './foundation.ts';
import type { OpenGallery } from './open-gallery.ts';
import type { Models } from './open-models.ts';
import type { Records } from './open-records.ts';
import { shippedManifest } from './shipped-files.ts';
import { trustedModelKeys } from './trusted-model-keys.ts';

/** Longest wait of a thread that lets all others go first, milliseconds. */
const patience = { requestTimeout: 60_000, hangTimeout: 120_000 };
/** Between two looks at changed lists, milliseconds. */
const listsEvery = 1000;

export interface ShadowModelsOptions {
  readonly foundation: Foundation;
  readonly records: Records;
  /** Those in use. */
  readonly models: Models;
  readonly gallery: OpenGallery;
  readonly arming: Pick<ArmingService, 'compares'>;
  readonly codec: ImageCodec;
}

interface ShadowParts {
  readonly pace: Pace;
  readonly templates: ShadowTemplates;
  readonly lists: WatchlistGallery;
}

/** Enrolled pictures by whether these models have made a template of them. */
export interface ShadowTemplateCounts {
  readonly made: number;
  readonly pending: number;
  readonly failed: number;
}

/**
 * Models of another version in a thread of their own that lets all others go first, on the processor
 * and within their share of it, with the templates that they make of the enrolled pictures.
 */
export class ShadowModels {
  readonly ports: ShadowPorts;
  readonly #inference: Inference;
  readonly #pace: Pace;
  readonly #templates: ShadowTemplates;
  readonly #lists: WatchlistGallery;
  readonly #searches: SearchQueue;
  readonly #renewal: TemplateRenewal;
  readonly #inUse: Pick<WatchlistGallery, 'stats'>;
  readonly #model: string;
  readonly #stopFollowing: () => void;
  #ready: ReadonlySet<string> = new Set();
  #closed = false;

  private constructor(
    inference: Inference,
    parts: ShadowParts,
    renewal: TemplateRenewal,
    { gallery, models }: Pick<ShadowModelsOptions, 'gallery' | 'models'>,
  ) {
    const { lists, pace, templates } = parts;
    let worked = 0;
    const paced = pacedModels(portsOf(inference), pace, (milliseconds) => {
      worked += milliseconds;
    });
    this.#inference = inference;
    this.#pace = pace;
    this.#templates = templates;
    this.#lists = lists;
    this.#searches = new SearchQueue({ gallery: lists });
    this.#renewal = renewal;
    this.#inUse = gallery.gallery;
    this.#model = paced.embedder.model;
    this.ports = {
      ...paced,
      enhancer: makesSamePictures(inference, models.inference) ? null : paced.enhancer,
      gallery: this.#searches,
      worked: () => worked,
      isReady: (watchlistId) => this.#ready.has(watchlistId),
    };
    const followed = gallery.changes$
      .pipe(throttleTime(listsEvery, undefined, { leading: true, trailing: true }))
      .subscribe(() => void this.#listsChanged());
    this.#stopFollowing = () => followed.unsubscribe();
    renewal.start();
  }

  /**
   * Loads the models of a run, as they were when it was started.
   * @throws NightglassError `MODEL_*`, `PROVIDER_UNAVAILABLE`, `CONFIG_INVALID`
   */
  static async open(run: ShadowRun, options: ShadowModelsOptions): Promise<ShadowModels> {
    const { arming, codec, foundation, records } = options;
    const { baseDir, clock, config, now } = foundation;
    const trusted = trustedModelKeys(config.models, baseDir);
    await checkTrusted(run.manifest, { shipped: shippedManifest, trusted });
    await checkUnchanged(run);
    const log = asOfOthers(foundation.log);
    const inference = await createInference({
      manifestPath: run.manifest,
      completeFrom: shippedManifest,
      precision: config.models.precision,
      // Faces come found and aligned.
      models: { detect: null, align: null },
      ...{ workers: 1, threads: 1, yields: true, ...patience },
      ...{ log, clock },
    });
    try {
      const pace = new Pace(clock, shadowBounds.share);
      const paced = pacedModels(portsOf(inference), pace);
      const { embedder } = paced;
      const templates = new ShadowTemplates({ store: records.watchlists, model: embedder.model });
      const lists = await WatchlistGallery.open({
        source: templates,
        compares: (watchlistId, cameraId) => arming.compares(watchlistId, cameraId),
        now,
        calibration: () => inference.calibration,
        poorViews: inference.poorView,
      });
      const poorViews = poorViewMaker(inference.poorView, paced);
      const made = { store: templates, embedder, poorViews, codec, clock, log: renewalLog(log) };
      const parts = { pace, templates, lists };
      return new ShadowModels(inference, parts, new TemplateRenewal(made), options);
    } catch (error) {
      await inference.close(0);
      throw error;
    }
  }

  /** What its models worked so far, seconds. */
  get busySeconds(): number {
    return this.#pace.busySeconds;
  }

  /** Counts templates, and sees which lists have all that can be made. */
  update(): ShadowTemplateCounts {
    const made = this.#templates.madeByList();
    const failed = Map.groupBy(this.#renewal.status.failed, ({ watchlistId }) => watchlistId);
    const ready = new Set<string>();
    let pending = 0;
    for (const { templates, watchlistId } of this.#inUse.stats()) {
      const all = Object.values(templates).reduce((sum, count) => sum + count, 0);
      const own = templates[this.#model] ?? 0;
      const done = (made.get(watchlistId) ?? 0) + (failed.get(watchlistId)?.length ?? 0) + own;
      if (done >= all) ready.add(watchlistId);
      pending += Math.max(0, all - done);
    }
    this.#ready = ready;
    return {
      made: this.#templates.size,
      pending,
      failed: this.#renewal.status.failed.length,
    };
  }

  /** Whether a list can be compared. */
  get hasReadyList(): boolean {
    return this.#ready.size > 0;
  }

  /** Ends its thread and forgets its templates. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopFollowing();
    this.#pace.close();
    await this.#renewal.close();
    this.#searches[Symbol.dispose]();
    this.#lists[Symbol.dispose]();
    this.#templates[Symbol.dispose]();
    await this.#inference.close(0);
  }

  async #listsChanged(): Promise<void> {
    try {
      if (await this.#lists.refresh()) await this.#templates.prune();
      if (!this.#closed) this.#renewal.start();
    } catch {
      // The gallery in use reads the same and says what is wrong; the next change tries again.
    }
  }
}

/** What was checked when the run was started is what runs. */
async function checkUnchanged({ manifest, manifestSha256, name, version }: ShadowRun) {
  const present = await hashFile(manifest).catch(() => undefined);
  if (present === manifestSha256) return;
  throw new NightglassError(
    'MODEL_MANIFEST_INVALID',
    `Cannot run ${name}@${version} beside the models in use: ${manifest} is gone or has changed since that was asked for`,
    { hint: 'Ask for it again with `nightglass models shadow`.' },
  );
}

/** Whether enhanced pictures come out alike, so that they need not be made twice. */
function makesSamePictures(one: Inference, other: Inference): boolean {
  const hashes = (of: Inference) =>
    of
      .stamps()
      .filter(({ task }) => task === 'denoise' || task === 'superresolve')
      .map(({ task, sha256 }) => `${task} ${sha256}`)
      .sort()
      .join();
  return hashes(one) === hashes(other);
}

function portsOf(inference: Inference): PacedModels {
  return {
    embedder: inference.embedder(),
    enhancer: inference.enhancer(),
    fuser: inference.fuser(),
  };
}

/** Lines of these models are not taken for those of the models in use. */
function asOfOthers(log: Log): Log {
  const shadow = true;
  return {
    info: (details, message) => log.info({ ...details, shadow }, message),
    // A task that was left out is no fault.
    warn: (details, message) => log.info({ ...details, shadow }, message),
    error: (details, message) => log.error({ ...details, shadow }, message),
  };
}

/** A picture that gives no template here costs nobody anything. */
function renewalLog(log: Log): Pick<Log, 'info' | 'warn'> {
  return {
    info: () => undefined,
    warn: (details) => log.info(details, 'An enrolled picture has no template by these models'),
  };
}
