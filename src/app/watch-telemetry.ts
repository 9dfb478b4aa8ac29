import type { CameraConfig } from '../config/camera-config.ts';
import type { Clock } from '../domain/clock.ts';
import { inForce } from '../domain/watchlist.ts';
import type { Inference } from '../inference/inference.ts';
import type { SqliteAlertStore } from '../services/alerts/alert-store.ts';
import type { RenewalStatus } from '../services/enrolment/template-renewal.ts';
import type { WatchlistGallery } from '../services/search/gallery.ts';
import type { WatchlistStore } from '../services/watchlists/watchlist-store.ts';
import { type OpenAlerts, openAlerts } from '../store/open-alerts.ts';
import { databaseFileName } from '../store/open-database.ts';
import type { Store } from '../store/store.ts';
import { diskUse } from '../telemetry/disk-use.ts';
import { gpuMemory } from '../telemetry/gpu-memory.ts';
import type { DiskUse, GpuUse } from '../telemetry/machine-metrics.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { sampleRegularly } from '../telemetry/sample-regularly.ts';

export interface WatchTelemetryOptions {
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly inference: Pick<Inference, 'health' | 'usage' | 'sampleUsage'>;
  readonly gallery: Pick<WatchlistGallery, 'stats'>;
  readonly watchlists: Pick<WatchlistStore, 'list'>;
  readonly alerts: Pick<SqliteAlertStore, 'onEvent' | 'unstored'>;
  readonly store: Pick<Store, 'prepare' | 'readOr'>;
  readonly dataDir: string;
  /** Name of the recognition model in use. */
  readonly recogniser: string;
  /** Ask the drivers of graphics cards for their memory. */
  readonly usesGpu: boolean;
  /** How far templates of other models have been made again. */
  readonly renewal: () => RenewalStatus | undefined;
}

const intervalMs = 15_000;

/**
 * Lets the metrics read, at each scrape, what the rooms know; what takes time
 * to find out is sampled beside it. Ends when the returned function is called.
 */
export function watchTelemetry(options: WatchTelemetryOptions): () => void {
  const { metrics, clock, inference, gallery, watchlists, alerts, store, recogniser } = options;
  let open: readonly OpenAlerts[] = [];
  let disk: DiskUse | undefined;
  let gpus: readonly GpuUse[] = [];
  const sample = (work: () => Promise<void>, every = intervalMs) =>
    sampleRegularly({ clock, intervalMs: every, work });
  const closers = [
    alerts.onEvent(({ change, alert }) => {
      if (change === 'reviewed') metrics.reviews.reviewed(alert);
    }),
    sample(async () => {
      open = openAlerts(store);
    }),
    sample(async () => {
      disk = await diskUse(options.dataDir, databaseFileName);
    }),
    sample(() => inference.sampleUsage(), 5_000),
    ...(options.usesGpu
      ? [
          sample(async () => {
            gpus = await gpuMemory();
          }),
        ]
      : []),
  ];
  metrics.watch({
    inference: () => inference.health(),
    workers: () => inference.usage(),
    disk: () => disk,
    gpus: () => gpus,
    watchlists() {
      const now = clock.now();
      const loaded = new Map(gallery.stats().map((list) => [list.watchlistId, list]));
      return {
        // A scrape is answered also while the database is not: then without the lists.
        lists: store
          .readOr(() => watchlists.list(), [])
          .map((list) => {
            const { people = 0, templates = {} } = loaded.get(list.id) ?? {};
            const all = Object.values(templates).reduce((sum, count) => sum + count, 0);
            const usable = templates[recogniser] ?? 0;
            return {
              id: list.id,
              expiresAt: list.expiresAt,
              inForce: inForce(list, now),
              people,
              usableTemplates: usable,
              outdatedTemplates: all - usable,
            };
          }),
        openAlerts: open,
        unstored: alerts.unstored(),
        templatesPending: options.renewal()?.pending ?? 0,
        templatesFailed: options.renewal()?.failed.length ?? 0,
      };
    },
  });
  return () => {
    metrics.watch({
      inference: () => ({ models: [], queues: [] }),
      workers: () => [],
    });
    for (const close of closers) close();
  };
}

/** Whether a model, or the decoding of a camera, may run on a graphics card. */
export function usesGpu(
  placements: readonly { readonly provider: string }[],
  cameras: readonly Pick<CameraConfig, 'hardware'>[],
): boolean {
  return (
    placements.some(({ provider }) => provider !== 'cpu') ||
    cameras.some(({ hardware }) => hardware !== false)
  );
}
