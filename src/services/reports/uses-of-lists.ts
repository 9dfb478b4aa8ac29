import type { AuditRecord } from '../../domain/audit-record.ts';
import { fieldsOf, textOf } from './record-fields.ts';

/** Somebody who verified a match. */
export interface Verification {
  readonly who: string;
  readonly action: string;
  /** Wall milliseconds. */
  readonly at: number;
}

/** What led to a match: the appearance, by where and when it was recorded. */
export interface MatchedInput {
  readonly alertId: string;
  readonly cameraId: string;
  readonly personId: string;
  readonly capturedAt: number;
  readonly verifiedBy: readonly Verification[];
}

/**
 * One use of a list, with what article 12(3) of Regulation (EU) 2024/1689 asks a log of remote
 * biometric identification to hold: (a) when it began and ended, (b) the reference database that
 * was searched, (c) the input that led to a match, (d) who verified the results.
 */
export interface UseOfList {
  readonly kind: 'live' | 'search' | 'footage';
  readonly startedAt: number;
  /** Null while it goes on, or where the log does not say. */
  readonly endedAt: number | null;
  readonly watchlists: readonly string[];
  /** Purpose, legal basis and authorisation of a list, or the reason that was given. */
  readonly grounds: Readonly<Record<string, string>>;
  readonly cameras: readonly string[];
  /** Embedding model of the comparison; null where the log does not say. */
  readonly model: string | null;
  readonly by: string;
  /** Who allowed it beside those who asked; null where nobody had to. */
  readonly authorisedBy: string | null;
  readonly matches: readonly MatchedInput[];
  /** Of a search of footage that has ended: appearances that it found; they are in its results. */
  readonly sightings: number | null;
}

type Draft = Omit<UseOfList, 'authorisedBy' | 'endedAt' | 'matches' | 'sightings'> & {
  authorisedBy: string | null;
  endedAt: number | null;
  sightings: number | null;
  readonly matches: (Omit<MatchedInput, 'verifiedBy'> & { readonly verifiedBy: Verification[] })[];
};

/** Reads uses of lists out of the audit log, record by record, oldest first. */
export class UsesOfLists {
  readonly #uses: Draft[] = [];
  /** What goes on: matching by list, searches of footage by job. */
  readonly #running = new Map<string, Draft>();
  /** Who asked for a search of footage, and why, by job. */
  readonly #asked = new Map<string, AuditRecord>();
  #lastAt = 0;
  readonly #matches = new Map<string, Draft['matches'][number]>();

  add(record: AuditRecord): void {
    const fields = fieldsOf(record.detail);
    switch (record.what) {
      case 'matching.started':
        this.#begin(record, fields);
        break;
      case 'matching.ended':
        this.#end(record);
        break;
      case 'alert.raised':
        this.#matched(record, fields);
        break;
      case 'alert.reviewed':
        this.#matches.get(record.target)?.verifiedBy.push({
          who: record.who,
          action: textOf(fields['action']) ?? '',
          at: record.at,
        });
        break;
      case 'search.run':
        this.#once(record, 'search', textOf(fields['lists'])?.split(',') ?? [], fields);
        break;
      case 'footage.asked':
        this.#asked.set(record.target, record);
        break;
      case 'footage.searched':
        // Again at each start of a search that goes on.
        if (!this.#running.has(record.target)) this.#searched(record, fields);
        break;
      case 'footage.ended':
        this.#found(record.target, fields);
        this.#end(record);
        break;
      case 'program.started':
        this.#endAll();
        break;
    }
    this.#lastAt = record.at;
  }

  /** Uses that touch the period; matches outside of it left out. */
  between(from: number, to: number): UseOfList[] {
    return this.#uses
      .filter(({ startedAt, endedAt }) => startedAt < to && (endedAt === null || endedAt >= from))
      .map((use) => ({
        ...use,
        matches: use.matches.filter(({ capturedAt }) => capturedAt >= from && capturedAt < to),
      }));
  }

  #begin({ at, target, who }: AuditRecord, fields: Readonly<Record<string, unknown>>): void {
    const use: Draft = {
      kind: 'live',
      startedAt: at,
      endedAt: null,
      watchlists: [target],
      grounds: textsOf(fields, ['name', 'purpose', 'legalBasis', 'authorisation']),
      cameras: namesOf(fields['cameras']),
      model: textOf(fields['model']),
      by: who,
      authorisedBy: null,
      matches: [],
      sightings: null,
    };
    this.#running.set(target, use);
    this.#uses.push(use);
  }

  #end({ at, target }: AuditRecord): void {
    const use = this.#running.get(target);
    this.#running.delete(target);
    if (use !== undefined) use.endedAt = at;
  }

  /** Killed before: nothing is on record of the end but what came last. */
  #endAll(): void {
    for (const use of this.#running.values()) {
      // A search of footage goes on where it was.
      if (use.kind !== 'live') continue;
      use.endedAt = this.#lastAt;
      for (const list of use.watchlists) this.#running.delete(list);
    }
  }

  #matched({ target }: AuditRecord, fields: Readonly<Record<string, unknown>>): void {
    const use = this.#running.get(textOf(fields['watchlistId']) ?? '');
    const match = {
      alertId: target,
      cameraId: textOf(fields['cameraId']) ?? '',
      personId: textOf(fields['personId']) ?? '',
      capturedAt: Number(fields['capturedAt']),
      verifiedBy: [],
    };
    this.#matches.set(target, match);
    use?.matches.push(match);
  }

  #searched(record: AuditRecord, fields: Readonly<Record<string, unknown>>): void {
    const asked = this.#asked.get(record.target);
    const by = asked?.who ?? record.who;
    const reason = asked === undefined ? fields : fieldsOf(asked.detail);
    const use = this.#once({ ...record, who: by }, 'footage', namesOf(fields['lists']), reason);
    use.authorisedBy = textOf(fields['decidedBy']);
    this.#running.set(record.target, use);
  }

  #found(job: string, { sightings }: Readonly<Record<string, unknown>>): void {
    const use = this.#running.get(job);
    if (use !== undefined) use.sightings = Number(sightings);
  }

  #once(
    { at, who }: AuditRecord,
    kind: 'search' | 'footage',
    watchlists: readonly string[],
    fields: Readonly<Record<string, unknown>>,
  ): Draft {
    const endedAt = kind === 'search' ? at : null;
    const grounds = textsOf(fields, ['reason']);
    const use: Draft = {
      ...{ kind, startedAt: at, endedAt, watchlists, grounds, by: who, authorisedBy: null },
      ...{ cameras: [], model: null, matches: [], sightings: null },
    };
    this.#uses.push(use);
    return use;
  }
}

function textsOf(
  fields: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const text = textOf(fields[name]);
      return text === null ? [] : [[name, text]];
    }),
  );
}

function namesOf(value: unknown): string[] {
  if (typeof value === 'string') return value.split(',').filter((name) => name !== '');
  return Array.isArray(value) ? value.map(String) : [];
}
