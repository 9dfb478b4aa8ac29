import type { Watchlist } from '../../domain/watchlist.ts';
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
  readonly lists: readonly (SiteCalibration & {
    readonly watchlistName: string;
    readonly fpir: number;
    /** In force; null where the list matches nobody, or where that is unknown. */
    readonly present: number | null;
  })[];
}

/** What strangers of a camera say on thresholds. */
export function calibrationService(options: {
  readonly table: Pick<StrangerScoreTable, 'ofCamera' | 'newestModel'>;
  readonly watchlists: { find(id: string): Watchlist | undefined };
  /** The embedding space in use; undefined: that of the newest scores. */
  readonly model: string | undefined;
  readonly threshold: (watchlistId: string) => number | undefined;
  readonly now: () => number;
}) {
  const { table, watchlists, threshold, now } = options;
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
      return { cameraId, hours, model: model ?? null, lists };
    },
  };
}

export type CalibrationService = ReturnType<typeof calibrationService>;
