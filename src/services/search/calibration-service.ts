import { type Actor, auditEntry } from '../../domain/audit-entry.ts';
import type { Watchlist } from '../../domain/watchlist.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import type { CalibrationTable } from '../../store/calibration-table.ts';
import type { Store } from '../../store/store.ts';
import type { StrangerScoreTable } from '../../store/stranger-score-table.ts';
import { calibrateSite, type SiteCalibration } from './site-calibration.ts';

export interface CalibrationRequest {
  readonly cameraId: string;
  /** How far to look back. */
  readonly hours: number;
  /** Undefined: each list's own. */
  readonly fpir: number | undefined;
}

/** Thresholds that follow from a camera's strangers. */
export interface CalibrationReport {
  readonly cameraId: string;
  readonly hours: number;
  readonly model: string | null;
  /** False after somebody stopped it. */
  readonly counting: boolean;
  /** Wall times, milliseconds; null where nobody started or stopped it: it counts since the camera is there. */
  readonly startedAt: number | null;
  readonly stoppedAt: number | null;
  readonly lists: readonly (SiteCalibration & {
    readonly watchlistName: string;
    readonly fpir: number;
    /** In force; null where the list matches nobody, or where that is unknown. */
    readonly present: number | null;
  })[];
}

/** What strangers of a camera say on thresholds, and the switch of their counting. */
export function calibrationService(options: {
  readonly store: Pick<Store, 'write'>;
  readonly audit: Pick<AuditLog, 'record'>;
  readonly runs: CalibrationTable;
  readonly table: Pick<StrangerScoreTable, 'ofCamera' | 'newestModel'>;
  readonly watchlists: { find(id: string): Watchlist | undefined };
  /** The embedding space in use; undefined: that of the newest scores. */
  readonly model: string | undefined;
  readonly threshold: (watchlistId: string) => number | undefined;
  readonly now: () => number;
}) {
  const { store, audit, table, runs, watchlists, threshold, now } = options;
  return {
    report({ cameraId, hours, fpir }: CalibrationRequest): CalibrationReport {
      const model = options.model ?? table.newestModel();
      const histograms =
        model === undefined ? [] : table.ofCamera(cameraId, model, now() - hours * 3_600_000);
      const lists = histograms.flatMap((histogram) => {
        const list = watchlists.find(histogram.watchlistId);
        if (list === undefined) return [];
        const asked = fpir ?? list.fpir;
        return [
          {
            ...calibrateSite(histogram, asked),
            watchlistName: list.name,
            fpir: asked,
            present: threshold(list.id) ?? null,
          },
        ];
      });
      const run = runs.find(cameraId);
      const stoppedAt = run?.stoppedAt ?? null;
      return {
        cameraId,
        hours,
        model: model ?? null,
        counting: stoppedAt === null,
        startedAt: run?.startedAt ?? null,
        stoppedAt,
        lists,
      };
    },
    /** Counts a camera's strangers from nothing. @throws NightglassError `STORE_UNWRITABLE` */
    start(cameraId: string, by: Actor): void {
      store.write(() => {
        runs.start(cameraId, now());
        audit.record(auditEntry(by, 'calibration.started', cameraId));
      });
    },
    /** Counts no further; what was counted stays. @throws NightglassError `STORE_UNWRITABLE` */
    stop(cameraId: string, by: Actor): void {
      store.write(() => {
        runs.stop(cameraId, now());
        audit.record(auditEntry(by, 'calibration.stopped', cameraId));
      });
    },
  };
}

export type CalibrationService = ReturnType<typeof calibrationService>;
