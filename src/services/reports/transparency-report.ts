import {
  type AlertOutcome,
  alertOutcomes,
  noOutcomes,
  type OutcomeCounts,
} from '../../domain/alert-outcome.ts';
import type { AuditRecord } from '../../domain/audit-record.ts';
import type { PeopleSeen } from '../../store/people-seen-table.ts';
import { fieldsOf, textOf } from './record-fields.ts';

/** What became of alerts that were raised in a period. */
export interface AlertOutcomes {
  readonly alerts: number;
  /** Further appearances that joined these alerts. */
  readonly sightings: number;
  readonly confirmed: number;
  readonly dismissed: number;
  /** Not decided when the report was made. */
  readonly open: number;
  /** What came of those that were confirmed, by the last that was said of each. */
  readonly outcomes: OutcomeCounts;
  /** From alert to decision, milliseconds; null where nothing was decided. */
  readonly reviewMedian: number | null;
  readonly reviewNinetieth: number | null;
}

export interface CameraOutcomes extends AlertOutcomes {
  readonly cameraId: string;
  /** Tracks of people that were compared with lists; null where it was not counted. */
  readonly peopleSeen: number | null;
  /** Dismissed alerts a thousand people seen; null where that cannot be said. */
  readonly falsePerThousand: number | null;
}

export interface ListOutcomes extends AlertOutcomes {
  readonly watchlistId: string;
  /** Of its last matching in the period; its id where it did not match. */
  readonly name: string;
  readonly purpose: string | null;
  readonly authorisation: string | null;
}

/** What was done in a period, from the audit log and the counts of people seen alone. */
export interface TransparencyReport {
  /** Wall milliseconds; `to` is not included. */
  readonly from: number;
  readonly to: number;
  readonly madeAt: number;
  /** When the log begins, where that is after `from`: what came before is not in the report. */
  readonly logBegins: number | null;
  readonly total: Omit<CameraOutcomes, 'cameraId'>;
  readonly byCamera: readonly CameraOutcomes[];
  readonly byWatchlist: readonly ListOutcomes[];
  /** Other acts that concern people, by audit action. */
  readonly acts: readonly { readonly what: string; readonly count: number }[];
  /** Alerts, and lists, that retention deleted. */
  readonly purged: { readonly alerts: number; readonly watchlists: number };
}

/** Acts that are counted as they are. */
export const countedActs = [
  'search.run',
  'footage.searched',
  'evidence.exported',
  'subject.exported',
  'learning.exported',
  'watchlist.created',
  'watchlist.updated',
  'watchlist.put_in_force',
  'watchlist.removed',
  'watchlist.imported',
  'watchlist.exported',
  'person.created',
  'person.enrolled',
  'person.removed',
  'person.image_removed',
  'alert.lost',
  'access.denied',
] as const;

export interface Period {
  readonly from: number;
  readonly to: number;
  readonly madeAt: number;
}

interface Followed {
  readonly cameraId: string;
  readonly watchlistId: string;
  readonly raisedAt: number;
  sightings: number;
  state: string;
  decidedAt: number | null;
  outcome: AlertOutcome | null;
}

interface Grounds {
  readonly name: string;
  readonly purpose: string | null;
  readonly authorisation: string | null;
}

/**
 * Makes a report of the audit log, record by record, oldest first, from the period's start to the
 * log's end: alerts that were raised within the period are followed to their decision, whenever
 * that came. It needs no alert to be there still: the log outlives them.
 */
export class TransparencyTally {
  readonly #period: Period;
  readonly #followed = new Map<string, Followed>();
  readonly #grounds = new Map<string, Grounds>();
  readonly #acts = new Map<string, number>();
  readonly #searches = new Set<string>();
  readonly #purged = { alerts: 0, watchlists: 0 };

  constructor(period: Period) {
    this.#period = period;
  }

  add({ at, what, target, detail }: AuditRecord): void {
    const isWithin = at >= this.#period.from && at < this.#period.to;
    const fields = fieldsOf(detail);
    if (what === 'alert.reviewed') this.#reviewed(target, at, fields);
    else if (what === 'alert.outcome_recorded') this.#cameOf(target, fields);
    else if (!isWithin) return;
    else if (what === 'alert.raised') {
      this.#followed.set(target, {
        cameraId: textOf(fields['cameraId']) ?? '',
        watchlistId: textOf(fields['watchlistId']) ?? '',
        raisedAt: at,
        sightings: 0,
        state: 'new',
        decidedAt: null,
        outcome: null,
      });
    } else if (what === 'alert.sighted') {
      const alert = this.#followed.get(target);
      if (alert !== undefined) alert.sightings += 1;
    } else if (what === 'matching.started') {
      this.#grounds.set(target, {
        name: textOf(fields['name']) ?? target,
        purpose: textOf(fields['purpose']),
        authorisation: textOf(fields['authorisation']),
      });
    } else if (what === 'retention.purged') {
      const count = Number(fields['count']);
      if ((target === 'alerts' || target === 'watchlists') && count > 0) {
        this.#purged[target] += count;
      }
    } else if ((countedActs as readonly string[]).includes(what)) {
      // On record again each time that a search goes on.
      if (what === 'footage.searched' && this.#searches.has(target)) return;
      if (what === 'footage.searched') this.#searches.add(target);
      this.#acts.set(what, (this.#acts.get(what) ?? 0) + 1);
    }
  }

  /**
   * @param seen people seen in the period by camera; null where nobody counted
   * @param logBegins wall time of the log's first record; null for an empty log
   */
  report(seen: readonly PeopleSeen[] | null, logBegins: number | null): TransparencyReport {
    const { from } = this.#period;
    const all = [...this.#followed.values()];
    const byCamera = Map.groupBy(all, ({ cameraId }) => cameraId);
    const byList = Map.groupBy(all, ({ watchlistId }) => watchlistId);
    const tracks = new Map(seen?.map((each) => [each.cameraId, each.tracks]));
    const cameras = new Set([...byCamera.keys(), ...tracks.keys()]);
    const lists = new Set([...byList.keys(), ...this.#grounds.keys()]);
    const peopleSeen = seen === null ? null : sum(seen.map((each) => each.tracks));
    return {
      ...this.#period,
      logBegins: logBegins !== null && logBegins > from ? logBegins : null,
      total: withPeople(outcomesOf(all), peopleSeen),
      byCamera: [...cameras].sort().map((cameraId) => {
        const people = seen === null ? null : (tracks.get(cameraId) ?? 0);
        return { cameraId, ...withPeople(outcomesOf(byCamera.get(cameraId) ?? []), people) };
      }),
      byWatchlist: [...lists].sort().map((watchlistId) => ({
        watchlistId,
        ...(this.#grounds.get(watchlistId) ?? {
          name: watchlistId,
          purpose: null,
          authorisation: null,
        }),
        ...outcomesOf(byList.get(watchlistId) ?? []),
      })),
      acts: countedActs.map((what) => ({ what, count: this.#acts.get(what) ?? 0 })),
      purged: { ...this.#purged },
    };
  }

  #cameOf(target: string, { outcome }: Readonly<Record<string, unknown>>): void {
    const alert = this.#followed.get(target);
    const known = alertOutcomes.find((each) => each === outcome);
    if (alert !== undefined && known !== undefined) alert.outcome = known;
  }

  /** A later review may take a decision back. */
  #reviewed(target: string, at: number, { to }: Readonly<Record<string, unknown>>): void {
    const alert = this.#followed.get(target);
    if (alert === undefined) return;
    alert.state = textOf(to) ?? alert.state;
    alert.decidedAt = alert.state === 'confirmed' || alert.state === 'dismissed' ? at : null;
  }
}

function outcomesOf(alerts: readonly Followed[]): AlertOutcomes {
  const count = (state: string) => alerts.filter((alert) => alert.state === state).length;
  const [confirmed, dismissed] = [count('confirmed'), count('dismissed')];
  const times = alerts
    .flatMap(({ decidedAt, raisedAt }) => (decidedAt === null ? [] : [decidedAt - raisedAt]))
    .sort((a, b) => a - b);
  return {
    alerts: alerts.length,
    sightings: sum(alerts.map(({ sightings }) => sightings)),
    confirmed,
    dismissed,
    open: alerts.length - confirmed - dismissed,
    outcomes: outcomesOfAll(alerts),
    reviewMedian: quantile(times, 0.5),
    reviewNinetieth: quantile(times, 0.9),
  };
}

function outcomesOfAll(alerts: readonly Followed[]): OutcomeCounts {
  const counts = noOutcomes();
  for (const { outcome } of alerts) if (outcome !== null) counts[outcome] += 1;
  return counts;
}

function withPeople(outcomes: AlertOutcomes, peopleSeen: number | null) {
  const falsePerThousand =
    peopleSeen === null || peopleSeen === 0 ? null : (outcomes.dismissed * 1000) / peopleSeen;
  return { ...outcomes, peopleSeen, falsePerThousand };
}

/** The least value that at least this share does not exceed. @param sorted rising */
function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.ceil(sorted.length * share) - 1] ?? null;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
