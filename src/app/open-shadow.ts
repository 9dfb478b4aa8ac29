import { systemActor } from '../domain/audit-entry.ts';
import type { ImageCodec } from '../domain/frame/image-codec.ts';
import {
  agreementOf,
  noShadowProgress,
  type ShadowDropReason,
  type ShadowProgress,
  type ShadowRun,
} from '../domain/shadow.ts';
import { TemplatePool } from '../operators/template-pool.ts';
import type { ArmingService } from '../services/arming/arming-service.ts';
import { othersFirst } from '../services/in-turns.ts';
import { ShadowRecord } from '../services/shadow/shadow-record.ts';
import { ShadowRuns } from '../services/shadow/shadow-runs.ts';
import { ShadowTracks } from '../services/shadow/shadow-tracks.ts';
import { ShadowTable } from '../store/shadow-table.ts';
import type { Foundation } from './foundation.ts';
import type { OpenGallery } from './open-gallery.ts';
import type { Models } from './open-models.ts';
import type { Records } from './open-records.ts';
import { ShadowModels, type ShadowModelsOptions } from './shadow-models.ts';

/** Between two looks at what is wanted, milliseconds. */
const lookEvery = 2000;
/** Between two notes of how far a run has come where nothing was counted, milliseconds. */
const noteEvery = 10_000;

/**
 * Follows runs that commands start and end; one that was under way goes on after a restart. Live
 * tracks are to be shown to what this returns.
 */
export function openShadow(
  foundation: Foundation,
  records: Records,
  models: Models,
  gallery: OpenGallery,
  { arming, codec }: { arming: Pick<ArmingService, 'compares'>; codec: ImageCodec },
): ShadowTracks {
  const options = { foundation, records, models, gallery, arming, codec };
  return foundation.resources.use(new ShadowFollower(options)).tracks;
}

/** A run with its models, if these could be loaded. */
interface Followed {
  readonly run: ShadowRun;
  readonly models: ShadowModels | null;
  readonly fault: string | null;
  readonly since: number;
  dropped: Record<ShadowDropReason, number>;
  /** When it was noted how far it has come, monotonic milliseconds. */
  notedAt: number;
  /** What its models had worked at the last look, seconds. */
  counted: number;
}

class ShadowFollower {
  readonly tracks: ShadowTracks;
  readonly #options: ShadowModelsOptions;
  readonly #table: ShadowTable;
  readonly #runs: ShadowRuns;
  readonly #record: ShadowRecord;
  #followed: Followed | undefined;
  #looking: Promise<void> | undefined;
  #cancel: (() => void) | undefined;
  #closed = false;

  constructor(options: ShadowModelsOptions) {
    this.#options = options;
    const { foundation, records } = options;
    const { clock, log, metrics, now } = foundation;
    const { audit, store } = records;
    this.#table = new ShadowTable(store);
    this.#runs = new ShadowRuns({ store, audit, now });
    this.#record = new ShadowRecord({
      store,
      table: this.#table,
      onError: (error) => log.warn({ err: error }, 'Comparisons of models cannot be written now'),
    });
    this.tracks = new ShadowTracks({
      clock,
      createPool: (first) => new TemplatePool(first),
      onCompared: (comparisons) => {
        this.#record.add(comparisons);
        for (const each of comparisons) {
          metrics.shadow.compared(each.watchlistId, agreementOf(each));
        }
      },
      onDropped: (reason) => {
        metrics.shadow.dropped(reason);
        if (this.#followed !== undefined) this.#followed.dropped[reason] += 1;
      },
      onError: (error) => log.debug({ err: error }, 'A track was not compared by other models'),
    });
    this.#lookLater();
  }

  /** Ends its models and writes what was counted. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancel?.();
    await this.#looking;
    if (this.#followed !== undefined) await this.#leave(this.#followed);
  }

  #lookLater(): void {
    if (this.#closed) return;
    this.#cancel = this.#options.foundation.clock.after(lookEvery, () => {
      this.#looking = this.#look()
        .catch((err: unknown) => {
          const { log } = this.#options.foundation;
          log.warn({ err }, 'Models beside those in use cannot be followed now');
        })
        .finally(() => {
          this.#looking = undefined;
          this.#lookLater();
        });
    });
  }

  async #look(): Promise<void> {
    const run = await this.#wanted();
    const before = this.#followed;
    if (before !== undefined && before.run.id !== run?.id) {
      this.#followed = undefined;
      await this.#leave(before);
    }
    if (run !== undefined && this.#followed === undefined && !this.#closed) await this.#take(run);
    await this.#noteNow(this.#followed);
  }

  async #noteNow(followed: Followed | undefined): Promise<void> {
    if (followed === undefined) return;
    const { clock } = this.#options.foundation;
    followed.models?.update();
    const isDue = clock.monotonic() - followed.notedAt >= noteEvery;
    if (isDue || this.#record.hasWaiting) await this.#note(followed);
  }

  /** The run that is wanted now. One whose time is over, or that has nothing to be compared with, ends. */
  async #wanted(): Promise<ShadowRun | undefined> {
    const { foundation, models, records } = this.#options;
    const run = this.#table.running();
    if (run === undefined) return undefined;
    if (run.against !== models.manifestPath) {
      const isUsed = run.manifest === models.manifestPath;
      this.#runs.endRun(run, isUsed ? 'used' : 'superseded', systemActor);
      return undefined;
    }
    // While the clock is not believed its time is not over.
    if (foundation.now() < run.until || records.guard.holds()) return run;
    if (this.#followed?.run.id === run.id) await this.#note(this.#followed);
    this.#runs.endRun(run, 'over', systemActor);
    return undefined;
  }

  async #take(run: ShadowRun): Promise<void> {
    const { clock, log, metrics } = this.#options.foundation;
    const { name, version } = run;
    let models: ShadowModels | null = null;
    let fault: string | null = null;
    try {
      models = await ShadowModels.open(run, this.#options);
      log.info({ name, version }, 'Models run beside those in use');
    } catch (err) {
      fault = err instanceof Error ? err.message : String(err);
      log.warn({ err, name, version }, 'Models cannot run beside those in use');
    }
    const { dropped } = { ...noShadowProgress, ...run.progress };
    const since = clock.monotonic();
    const notedAt = Number.NEGATIVE_INFINITY;
    this.#followed = { run, models, fault, since, dropped: { ...dropped }, notedAt, counted: 0 };
    metrics.shadow.running(models !== null);
    if (models === null) return;
    models.update();
    this.tracks.attach(models.ports);
  }

  async #leave(followed: Followed): Promise<void> {
    const { log, metrics } = this.#options.foundation;
    const { models, run } = followed;
    await this.#note(followed);
    metrics.shadow.running(false);
    metrics.shadow.pending(0);
    await Promise.all([this.tracks.detach(), models?.close()]);
    this.#record.forget();
    log.info({ name: run.name, version: run.version }, 'Models no longer run beside those in use');
  }

  /** Writes what was counted since, and how far the run has come. */
  async #note(followed: Followed): Promise<void> {
    const progress = this.#progress(followed);
    followed.notedAt = this.#options.foundation.clock.monotonic();
    while (this.#record.flush(followed.run.id, progress)) await othersFirst();
  }

  #progress(followed: Followed): ShadowProgress {
    const { clock, metrics } = this.#options.foundation;
    const { dropped, fault, models, run, since } = followed;
    if (models === null) return { ...run.progress, state: 'failed', fault };
    const templates = models.update();
    const busy = models.busySeconds;
    metrics.shadow.worked(Math.max(0, busy - followed.counted));
    metrics.shadow.pending(templates.pending);
    followed.counted = busy;
    return {
      state: models.hasReadyList || templates.pending === 0 ? 'comparing' : 'templates',
      ...{ fault: null, templates, dropped },
      busySeconds: run.progress.busySeconds + busy,
      seconds: run.progress.seconds + (clock.monotonic() - since) / 1000,
    };
  }
}
