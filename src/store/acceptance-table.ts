import type { AcceptanceTest } from '../domain/acceptance/acceptance-test.ts';
import type { ListedAppearance } from '../domain/acceptance/match-walks.ts';
import type { Volunteer, Walk } from '../domain/acceptance/walk.ts';
import type { Alert } from '../domain/alert.ts';
import { alertOf } from './alert-row.ts';
import type { Store } from './store.ts';

type Row = Readonly<Record<string, unknown>>;

/**
 * Acceptance tests with their volunteers and walks. A volunteer goes with the person on the list, the walks with the
 * volunteer. Methods that change something belong into {@link Store.write}.
 */
export class AcceptanceTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Newest first. */
  tests(): AcceptanceTest[] {
    return this.#store
      .prepare('SELECT body FROM acceptance_tests ORDER BY started_at DESC, id')
      .all()
      .map(({ body }) => JSON.parse(String(body)) as AcceptanceTest);
  }

  test(id: string): AcceptanceTest | undefined {
    const row = this.#store.prepare('SELECT body FROM acceptance_tests WHERE id = ?').get(id);
    return row && (JSON.parse(String(row['body'])) as AcceptanceTest);
  }

  putTest(test: AcceptanceTest): void {
    this.#store
      .prepare(
        `INSERT INTO acceptance_tests VALUES (?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET body = excluded.body`,
      )
      .run(test.id, test.startedAt, JSON.stringify(test));
  }

  /** By number. */
  volunteers(testId: string): Volunteer[] {
    return this.#store
      .prepare('SELECT * FROM volunteers WHERE test_id = ? ORDER BY number')
      .all(testId)
      .map(volunteerOf);
  }

  /** What is kept of a volunteer. */
  ofPerson(personId: string): { readonly volunteer: Volunteer; readonly walks: Walk[] } | null {
    const row = this.#store.prepare('SELECT * FROM volunteers WHERE person_id = ?').get(personId);
    if (row === undefined) return null;
    const walks = this.#store
      .prepare('SELECT * FROM acceptance_walks WHERE person_id = ? ORDER BY started_at, id')
      .all(personId)
      .map(walkOf);
    return { volunteer: volunteerOf(row), walks };
  }

  insertVolunteer({ consent, groups, number, personId, testId }: Volunteer): void {
    this.#store
      .prepare('INSERT INTO volunteers VALUES (?, ?, ?, ?, ?)')
      .run(personId, testId, number, JSON.stringify(consent), JSON.stringify(groups));
  }

  /** By their start. */
  walks(testId: string): Walk[] {
    return this.#store
      .prepare('SELECT * FROM acceptance_walks WHERE test_id = ? ORDER BY started_at, id')
      .all(testId)
      .map(walkOf);
  }

  /** The first id that no walk of any test has or had. */
  nextWalk(): number {
    const row = this.#store
      .prepare('SELECT coalesce(max(id), 0) AS id FROM acceptance_walks')
      .get();
    const given = this.tests().map(({ lastWalk = 0 }) => lastWalk);
    return Math.max(Number(row?.['id']), ...given) + 1;
  }

  insertWalk({ cameraId, endedAt, id, light, personId, startedAt, testId }: Walk): void {
    this.#store
      .prepare('INSERT INTO acceptance_walks VALUES (?, ?, ?, ?, ?, ?, ?)')
      .run(id, testId, personId, cameraId, light, startedAt, endedAt);
  }

  endWalk(id: number, endedAt: number): void {
    this.#store.prepare('UPDATE acceptance_walks SET ended_at = ? WHERE id = ?').run(endedAt, id);
  }

  /** What alerts of a list show of its people from a time on, sightings included. */
  appearances(watchlistId: string, from: number): ListedAppearance[] {
    return this.#alerts(watchlistId).flatMap((alert) => {
      const { cameraId, capturedAt, id: alertId, lastSeenAt, personId, sightings, state } = alert;
      const verdict = state === 'confirmed' || state === 'dismissed' ? state : null;
      return [{ cameraId, capturedAt, lastSeenAt }, ...sightings]
        .filter((seen) => seen.lastSeenAt >= from)
        .map((seen) => ({
          ...{ alertId, personId, verdict, cameraId: seen.cameraId },
          ...{ from: seen.capturedAt, to: seen.lastSeenAt },
        }));
    });
  }

  /** Models, configurations and thresholds of a list's alerts. */
  settings(watchlistId: string): Pick<Alert, 'models' | 'configHash' | 'threshold'>[] {
    return this.#alerts(watchlistId);
  }

  /** @param personId only those on this person */
  alertIds(watchlistId: string, personId?: string): string[] {
    return this.#alerts(watchlistId)
      .filter((alert) => personId === undefined || alert.personId === personId)
      .map(({ id }) => id);
  }

  #alerts(watchlistId: string): Alert[] {
    return this.#store
      .prepare('SELECT body FROM alerts WHERE watchlist_id = ? ORDER BY created_at, id')
      .all(watchlistId)
      .map(alertOf);
  }
}

function volunteerOf(row: Row): Volunteer {
  return {
    personId: String(row['person_id']),
    testId: String(row['test_id']),
    number: Number(row['number']),
    consent: JSON.parse(String(row['consent'])) as Volunteer['consent'],
    groups: JSON.parse(String(row['groups'])) as Volunteer['groups'],
  };
}

function walkOf(row: Row): Walk {
  const ended = row['ended_at'];
  return {
    id: Number(row['id']),
    testId: String(row['test_id']),
    personId: String(row['person_id']),
    cameraId: String(row['camera_id']),
    light: row['light'] as Walk['light'],
    startedAt: Number(row['started_at']),
    endedAt: ended === null ? null : Number(ended),
  };
}
