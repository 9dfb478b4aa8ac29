import { systemClock } from '../domain/clock.ts';
import {
  type CalibrationReport,
  calibrationService,
} from '../services/search/calibration-service.ts';
import type { SitePoint } from '../services/search/site-calibration.ts';
import { WatchlistStore } from '../services/watchlists/watchlist-store.ts';
import { AuditLog } from '../store/audit-log.ts';
import { CalibrationTable } from '../store/calibration-table.ts';
import { StrangerScoreTable } from '../store/stranger-score-table.ts';
import type { DataFolderOptions } from './data-folder.ts';
import { exitCodes } from './exit-codes.ts';
import { openStoreOf } from './open-store-of.ts';

export interface CalibrateOptions extends DataFolderOptions {
  readonly camera: string;
  readonly hours: number;
  readonly fpir?: number;
  readonly json?: boolean;
}

/** Prints what a camera's strangers say on thresholds. @throws NightglassError */
export async function calibrateCamera(options: CalibrateOptions): Promise<void> {
  const store = openStoreOf(options, { keys: 'unneeded' });
  try {
    const now = () => systemClock.now();
    const audit = new AuditLog({ store, now });
    const watchlists = new WatchlistStore({ store, audit, now });
    const { report } = calibrationService({
      store,
      audit,
      table: new StrangerScoreTable(store),
      runs: new CalibrationTable(store),
      watchlists,
      model: undefined,
      threshold: (id) => watchlists.find(id)?.fixedThreshold ?? undefined,
      now,
    });
    const { camera: cameraId, hours, fpir } = options;
    const found = await report({ cameraId, hours, fpir });
    process.stdout.write(options.json === true ? `${JSON.stringify(found)}\n` : textOf(found));
    if (found.lists.length === 0) process.exitCode = exitCodes.failed;
  } finally {
    store.close();
  }
}

function textOf({ cameraId, hours, model, lists }: CalibrationReport): string {
  if (lists.length === 0) {
    return `${cameraId}: no stranger was counted in the last ${hours} hours; "nightglass run" counts while people pass\n`;
  }
  const lines = [`${cameraId}, last ${hours} hours, ${model}`];
  for (const { watchlistName, strangers, fpir, point, careful, needed } of lists) {
    lines.push(
      `${watchlistName}: ${strangers} strangers; for an FPIR of ${percent(fpir)}`,
      `  threshold ${describe(point)}`,
      careful === null
        ? `  too few to be sure of it: ${needed} strangers at least`
        : `  safe     ${describe(careful)}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function describe(point: SitePoint | null): string {
  if (point === null) return 'unknown';
  const { threshold, falsePositives, fpir, interval } = point;
  const [low, high] = interval.map(percent);
  return `${threshold.toFixed(3)}: ${falsePositives} above it, ${percent(fpir)} (95 %: ${low} to ${high})`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}
