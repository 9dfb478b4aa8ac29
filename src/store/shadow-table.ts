import { shadowBounds } from '../domain/bounds.ts';
import {
  agreementOf,
  type ShadowAgreement,
  type ShadowComparison,
  type ShadowEnd,
  type ShadowProgress,
  type ShadowRun,
} from '../domain/shadow.ts';
import type { Row } from './sql/statement.ts';
import type { Store } from './store.ts';

/** Width of a bin of scores, cosine. */
export const shadowBinWidth = 0.02;
const dayMs = 86_400_000;

/** Tracks of one camera on one list, by what both versions said of them. */
export interface ShadowCounts extends Readonly<Record<ShadowAgreement, number>> {
  readonly watchlistId: string;
  readonly cameraId: string;
  /** Of `both`: those of whom both say that it is the same person. */
  readonly sameReported: number;
  /** Of all: those who resemble the same enrolled person most by both. */
  readonly sameNearest: number;
  /** That the new version took for all of them. */
  readonly milliseconds: number;
}

/** How often the best score of a track fell into a bin. */
export interface ShadowBin {
  readonly watchlistId: string;
  readonly cameraId: string;
  readonly side: 'in_use' | 'new';
  /** Its lower end, cosine. */
  readonly from: number;
  readonly count: number;
}

/** Alerts of one camera and list by their verdict, and of how many the new version would report one. */
export interface ShadowReviews {
  readonly watchlistId: string;
  readonly cameraId: string;
  readonly verdict: 'confirmed' | 'dismissed';
  readonly alerts: number;
  readonly reported: number;
}

/**
 * Models that run beside those in use, and what is counted of them: no template, no picture, no
 * person, no track. Methods that change something belong into {@link Store.write}.
 */
export class ShadowTable {
  readonly #store: Pick<Store, 'prepare'>;

  constructor(store: Pick<Store, 'prepare'>) {
    this.#store = store;
  }

  /** The one that runs. */
  running(): ShadowRun | undefined {
    const row = this.#store
      .prepare('SELECT * FROM shadow_runs WHERE ended_at IS NULL ORDER BY started_at DESC LIMIT 1')
      .get();
    return row && runOf(row);
  }

  /** The one that runs, else the last. */
  latest(): ShadowRun | undefined {
    const row = this.#store
      .prepare(
        `SELECT * FROM shadow_runs ORDER BY ended_at IS NULL DESC, started_at DESC, id LIMIT 1`,
      )
      .get();
    return row && runOf(row);
  }

  insert(run: ShadowRun): void {
    this.#store
      .prepare('INSERT INTO shadow_runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?)')
      .run(
        ...([run.id, run.name, run.version, run.manifest, run.manifestSha256] as const),
        ...([run.against, run.startedAt, run.until, JSON.stringify(run.progress)] as const),
      );
  }

  /** Returns whether it ran. */
  end(id: string, at: number, end: ShadowEnd): boolean {
    const { changes } = this.#store
      .prepare('UPDATE shadow_runs SET ended_at = ?, ending = ? WHERE id = ? AND ended_at IS NULL')
      .run(at, end, id);
    return Number(changes) > 0;
  }

  /** Notes how far a run has come. One that has ended keeps what it had. */
  putProgress(id: string, progress: ShadowProgress): void {
    this.#store
      .prepare('UPDATE shadow_runs SET progress = ? WHERE id = ? AND ended_at IS NULL')
      .run(JSON.stringify(progress), id);
  }

  /** Counts tracks. Of runs that have ended, and of lists and alerts that are gone, nothing is kept. */
  add(runId: string, comparisons: readonly ShadowComparison[]): void {
    if (this.running()?.id !== runId) return;
    for (const comparison of comparisons) {
      this.#count(runId, comparison);
      this.#score(runId, comparison, 'in_use', comparison.inUse.score);
      this.#score(runId, comparison, 'new', comparison.shadow.score);
      if (comparison.alertId !== null) this.#alert(runId, comparison.alertId, comparison);
    }
  }

  #count(runId: string, comparison: ShadowComparison): void {
    const { cameraId, watchlistId, at, inUse, shadow, milliseconds } = comparison;
    const agreement = agreementOf(comparison);
    const isSame = shadow.personId !== null && inUse.personId === shadow.personId;
    const flag = (is: boolean) => (is ? 1 : 0);
    this.#store
      .prepare(
        `INSERT INTO shadow_counts
         SELECT :run, :list, :camera, :day, :by_both, :by_in_use, :by_new, :by_neither,
           :same_reported, :same_nearest, :ms
         WHERE EXISTS (SELECT 1 FROM watchlists WHERE id = :list)
         ON CONFLICT (run_id, watchlist_id, camera_id, day) DO UPDATE SET
           by_both = shadow_counts.by_both + excluded.by_both,
           by_in_use = shadow_counts.by_in_use + excluded.by_in_use,
           by_new = shadow_counts.by_new + excluded.by_new,
           by_neither = shadow_counts.by_neither + excluded.by_neither,
           same_reported = shadow_counts.same_reported + excluded.same_reported,
           same_nearest = shadow_counts.same_nearest + excluded.same_nearest,
           milliseconds = shadow_counts.milliseconds + excluded.milliseconds`,
      )
      .run({
        run: runId,
        list: watchlistId,
        camera: cameraId,
        day: Math.floor(at / dayMs),
        by_both: flag(agreement === 'both'),
        by_in_use: flag(agreement === 'only_in_use'),
        by_new: flag(agreement === 'only_new'),
        by_neither: flag(agreement === 'neither'),
        same_reported: flag(agreement === 'both' && isSame),
        same_nearest: flag(isSame),
        ms: milliseconds,
      });
  }

  #score(
    runId: string,
    { cameraId, watchlistId }: ShadowComparison,
    side: ShadowBin['side'],
    score: number | null,
  ): void {
    if (score === null) return;
    const bin = Math.floor((Math.min(1, Math.max(-1, score)) + 1) / shadowBinWidth + 1e-6);
    this.#store
      .prepare(
        `INSERT INTO shadow_scores
         SELECT ?1, ?2, ?3, ?4, ?5, 1 WHERE EXISTS (SELECT 1 FROM watchlists WHERE id = ?2)
         ON CONFLICT (run_id, watchlist_id, camera_id, side, bin)
         DO UPDATE SET count = shadow_scores.count + 1`,
      )
      .run(runId, watchlistId, cameraId, side, bin);
  }

  /** An alert with several appearances: whether any of them would be reported, and the best score. */
  #alert(runId: string, alertId: string, { shadow }: ShadowComparison): void {
    const before = this.#store
      .prepare('SELECT score, reported FROM shadow_alerts WHERE run_id = ? AND alert_id = ?')
      .get(runId, alertId);
    const scores = [shadow.score, before?.['score'] ?? null].flatMap((score) =>
      score === null ? [] : [Number(score)],
    );
    const score = scores.length === 0 ? null : Math.max(...scores);
    const reported = shadow.reported || Number(before?.['reported'] ?? 0) > 0 ? 1 : 0;
    this.#store
      .prepare(
        `INSERT INTO shadow_alerts (run_id, alert_id, score, reported)
         SELECT ?1, id, ?3, ?4 FROM alerts WHERE id = ?2
         ON CONFLICT (run_id, alert_id)
         DO UPDATE SET score = excluded.score, reported = excluded.reported`,
      )
      .run(runId, alertId, score, reported);
  }

  /** Of all days together, by list and camera. */
  counts(runId: string): ShadowCounts[] {
    return this.#store
      .prepare(
        `SELECT watchlist_id, camera_id, sum(by_both) AS by_both,
           sum(by_in_use) AS by_in_use, sum(by_new) AS by_new, sum(by_neither) AS by_neither,
           sum(same_reported) AS same_reported, sum(same_nearest) AS same_nearest,
           sum(milliseconds) AS milliseconds
         FROM shadow_counts WHERE run_id = ?
         GROUP BY watchlist_id, camera_id ORDER BY watchlist_id, camera_id`,
      )
      .all(runId)
      .map((row) => ({
        watchlistId: String(row['watchlist_id']),
        cameraId: String(row['camera_id']),
        both: Number(row['by_both']),
        only_in_use: Number(row['by_in_use']),
        only_new: Number(row['by_new']),
        neither: Number(row['by_neither']),
        sameReported: Number(row['same_reported']),
        sameNearest: Number(row['same_nearest']),
        milliseconds: Number(row['milliseconds']),
      }));
  }

  /** Bins that are not empty, rising. */
  scores(runId: string): ShadowBin[] {
    return this.#store
      .prepare(
        `SELECT watchlist_id, camera_id, side, bin, count FROM shadow_scores WHERE run_id = ?
         ORDER BY watchlist_id, camera_id, side, bin`,
      )
      .all(runId)
      .map((row) => ({
        watchlistId: String(row['watchlist_id']),
        cameraId: String(row['camera_id']),
        side: row['side'] === 'new' ? 'new' : 'in_use',
        from: Number((Number(row['bin']) * shadowBinWidth - 1).toFixed(4)),
        count: Number(row['count']),
      }));
  }

  /** Alerts that both versions judged and people since decided. */
  reviews(runId: string): ShadowReviews[] {
    return this.#store
      .prepare(
        `SELECT a.watchlist_id, a.camera_id, a.state, count(*) AS alerts, sum(s.reported) AS reported
         FROM shadow_alerts AS s JOIN alerts AS a ON a.id = s.alert_id
         WHERE s.run_id = ? AND a.state IN ('confirmed', 'dismissed')
         GROUP BY a.watchlist_id, a.camera_id, a.state
         ORDER BY a.watchlist_id, a.camera_id, a.state`,
      )
      .all(runId)
      .map((row) => ({
        watchlistId: String(row['watchlist_id']),
        cameraId: String(row['camera_id']),
        verdict: row['state'] === 'confirmed' ? 'confirmed' : 'dismissed',
        alerts: Number(row['alerts']),
        reported: Number(row['reported']),
      }));
  }

  /** Deletes runs that ended long ago, with their counts. A retention task. */
  purgeOld(now: number): number {
    const { changes } = this.#store
      .prepare('DELETE FROM shadow_runs WHERE ended_at < ?')
      .run(now - shadowBounds.keptMs);
    return Number(changes);
  }
}

function runOf(row: Row): ShadowRun {
  return {
    id: String(row['id']),
    name: String(row['name']),
    version: String(row['version']),
    manifest: String(row['manifest']),
    manifestSha256: String(row['manifest_sha256']),
    against: String(row['against']),
    startedAt: Number(row['started_at']),
    until: Number(row['until']),
    endedAt: row['ended_at'] === null ? null : Number(row['ended_at']),
    end: row['ending'] === null ? null : (String(row['ending']) as ShadowEnd),
    progress: JSON.parse(String(row['progress'])) as ShadowProgress,
  };
}
