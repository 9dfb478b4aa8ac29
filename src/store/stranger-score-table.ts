import type { Store } from './store.ts';

/** Width of a bin of scores. */
export const binWidth = 0.005;
const hourMs = 3_600_000;
/** Counts are kept this long, hours. */
const keptHours = 90 * 24;

/** How often strangers had a best score within a bin: all that is kept of them. */
export interface ScoreCount {
  readonly cameraId: string;
  readonly watchlistId: string;
  /** Embedding space: scores of different models do not compare. */
  readonly model: string;
  /** Wall time, milliseconds; kept by the hour. */
  readonly at: number;
  /** Cosine, -1..1; kept by the bin. */
  readonly score: number;
}

/** Counts of one watchlist by bin, rising. */
export interface ListHistogram {
  readonly watchlistId: string;
  readonly bins: readonly { readonly from: number; readonly count: number }[];
}

/** The table of site impostors: histograms by camera, watchlist, space and hour. */
export class StrangerScoreTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Adds scores. Of lists that are gone nothing is kept. */
  add(scores: readonly ScoreCount[]): void {
    this.#store.write(() => {
      const insert = this.#store.prepare(
        `INSERT INTO stranger_scores
         SELECT ?1, ?2, ?3, ?4, ?5, 1 WHERE EXISTS (SELECT 1 FROM watchlists WHERE id = ?2)
         ON CONFLICT (camera_id, watchlist_id, model, hour, bin)
         DO UPDATE SET count = stranger_scores.count + 1`,
      );
      for (const { cameraId, watchlistId, model, at, score } of scores) {
        const bin = Math.floor((Math.min(1, Math.max(-1, score)) + 1) / binWidth + 1e-6);
        insert.run(cameraId, watchlistId, model, Math.floor(at / hourMs), bin);
      }
    });
  }

  /** Deletes what is older than 90 days. A retention task. */
  purgeOld(now: number): number {
    const { changes } = this.#store.write(() =>
      this.#store
        .prepare('DELETE FROM stranger_scores WHERE hour < ?')
        .run(Math.floor(now / hourMs) - keptHours),
    );
    return Number(changes);
  }

  /** Histograms of a camera since a time, by watchlist. */
  ofCamera(cameraId: string, model: string, since: number): ListHistogram[] {
    const rows = this.#store
      .prepare(
        `SELECT watchlist_id, bin, sum(count) AS count FROM stranger_scores
         WHERE camera_id = ? AND model = ? AND hour >= ?
         GROUP BY watchlist_id, bin ORDER BY watchlist_id, bin`,
      )
      .all(cameraId, model, Math.floor(since / hourMs));
    const byList = Map.groupBy(rows, (row) => String(row['watchlist_id']));
    return [...byList].map(([watchlistId, of]) => ({
      watchlistId,
      bins: of.map((row) => ({
        from: Number((Number(row['bin']) * binWidth - 1).toFixed(4)),
        count: Number(row['count']),
      })),
    }));
  }

  /** The embedding space of the newest scores; undefined without any. */
  newestModel(): string | undefined {
    const row = this.#store
      .prepare('SELECT model FROM stranger_scores ORDER BY hour DESC LIMIT 1')
      .get();
    return row === undefined ? undefined : String(row['model']);
  }
}
