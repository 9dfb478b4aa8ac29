import { randomUUID } from 'node:crypto';
import {
  type AcceptanceResults,
  acceptanceResults,
  type FaceCount,
} from '../../domain/acceptance/acceptance-results.ts';
import type { AcceptanceSettings } from '../../domain/acceptance/acceptance-settings.ts';
import type { AcceptanceState, AcceptanceTest } from '../../domain/acceptance/acceptance-test.ts';
import type { AcceptancePlan, Volunteer, Walk } from '../../domain/acceptance/walk.ts';
import { type Actor, auditEntry } from '../../domain/audit-entry.ts';
import { acceptanceBounds, dayMs } from '../../domain/bounds.ts';
import { NightglassError } from '../../domain/errors.ts';
import type { WatchlistInput } from '../../domain/watchlist.ts';
import { AcceptanceTable } from '../../store/acceptance-table.ts';
import { AlertTable } from '../../store/alert-table.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import { PeopleSeenTable } from '../../store/people-seen-table.ts';
import type { Store } from '../../store/store.ts';
import type { WatchlistStore } from '../watchlists/watchlist-store.ts';
import { checkedVolunteer, type NewVolunteer } from './checked-volunteer.ts';
import { checkedWalk, type NewWalk } from './checked-walk.ts';
import { neededFor } from './needed-for.ts';
import { type TestedProgram, testedSettings } from './tested-settings.ts';

export interface AcceptanceTestsOptions {
  readonly store: Store;
  readonly audit: Pick<AuditLog, 'record'>;
  readonly watchlists: WatchlistStore;
  /** Wall milliseconds. */
  readonly now: () => number;
}

export interface NewTest
  extends Pick<WatchlistInput, 'name' | 'legalBasis' | 'authorisation' | 'owner' | 'cameras'> {
  readonly plan: AcceptancePlan;
  readonly endsAt: number;
}

export interface ListedVolunteer extends Volunteer {
  readonly name: string;
  readonly templates: number;
}

/**
 * Tests of a site with volunteers. They are on a list of the test's own, which ends with it: then volunteers, their
 * walks, alerts and pictures are deleted, and figures without names stay. Changes throw `STORE_UNWRITABLE`, too.
 */
export class AcceptanceTests {
  readonly #options: AcceptanceTestsOptions;
  readonly #table: AcceptanceTable;

  constructor(options: AcceptanceTestsOptions) {
    this.#options = options;
    this.#table = new AcceptanceTable(options.store);
  }

  list(): readonly AcceptanceTest[] {
    return this.#table.tests();
  }

  state({ finishedAt, watchlistId }: AcceptanceTest): AcceptanceState {
    if (finishedAt !== null) return 'finished';
    return this.#options.watchlists.find(watchlistId) === undefined ? 'ended' : 'under way';
  }

  /** @param id without it the one that goes on @throws NightglassError `NOT_FOUND`, `CONFLICT` (several go on) */
  get(id?: string): AcceptanceTest {
    const going = this.list().filter((test) => this.state(test) === 'under way');
    const found = id === undefined ? going[0] : this.#table.test(id);
    if (id === undefined && going.length > 1) {
      throw new NightglassError('CONFLICT', 'Cannot tell which acceptance test is meant', {
        hint: `Name one: ${going.map((test) => test.id).join(', ')}.`,
      });
    }
    if (found !== undefined) return found;
    throw new NightglassError('NOT_FOUND', `There is no acceptance test ${id ?? 'under way'}`);
  }

  /** Makes the test and its list. @throws NightglassError `BAD_REQUEST`, `CONFLICT` (name taken) */
  start({ endsAt, plan, ...list }: NewTest, by: Actor): AcceptanceTest {
    const { now, store, watchlists } = this.#options;
    const startedAt = now();
    if (!(endsAt > startedAt && endsAt - startedAt <= acceptanceBounds.testMs)) {
      throw new NightglassError('BAD_REQUEST', 'An acceptance test ends within 90 days');
    }
    neededFor(plan);
    return store.write(() => {
      const purpose = 'Acceptance test with volunteers';
      // No alert may go before the figures that it is counted in.
      const retentionDays = Math.ceil((endsAt - startedAt) / dayMs) + 1;
      const { fpir } = plan;
      const made = watchlists.create(
        { ...list, purpose, fpir, expiresAt: endsAt, retentionDays },
        by,
      );
      const test: AcceptanceTest = {
        ...{ id: randomUUID().slice(0, 8), name: made.name, watchlistId: made.id, plan },
        ...{ startedAt, endsAt, finishedAt: null, results: null, settings: null },
      };
      this.#table.putTest(test);
      this.#record(by, 'acceptance.started', test.id, { watchlist: made.id, ...plan });
      return test;
    });
  }

  /** By number. */
  volunteers(testId: string): readonly ListedVolunteer[] {
    const { watchlists } = this.#options;
    const volunteers = this.#table.volunteers(testId);
    const facts = watchlists.templateFacts(volunteers.map(({ personId }) => personId));
    return volunteers.map((volunteer) => ({
      ...volunteer,
      name: watchlists.findPerson(volunteer.personId)?.name ?? '',
      templates: facts.filter(({ personId }) => personId === volunteer.personId).length,
    }));
  }

  /**
   * Puts a volunteer, whose consent is on record, on the test's list; their pictures are enrolled as anybody's.
   * @throws NightglassError `BAD_REQUEST` (the consent ends before the test, ...), `CONFLICT` (name taken, finished)
   */
  addVolunteer(testId: string, given: NewVolunteer, by: Actor): Volunteer {
    const { now, store, watchlists } = this.#options;
    return store.write(() => {
      const test = this.#going(testId);
      const others = this.volunteers(testId);
      const { consent, groups, name } = checkedVolunteer(given, { test, others, now: now() });
      const { id: personId } = watchlists.addPerson(test.watchlistId, { name }, by);
      const number = Math.max(0, ...others.map((each) => each.number)) + 1;
      const volunteer = { personId, testId, number, consent, groups };
      this.#table.insertVolunteer(volunteer);
      const { expiresAt, givenAt, textSha256, textVersion } = consent;
      const detail = { test: testId, givenAt, textVersion, textSha256, expiresAt };
      this.#record(by, 'volunteer.added', personId, detail);
      return volunteer;
    });
  }

  /**
   * Deletes a volunteer with pictures, consent, walks and the alerts on them, all of it or nothing.
   * @throws NightglassError `NOT_FOUND`
   */
  removeVolunteer(testId: string, number: number, by: Actor): void {
    const { store, watchlists } = this.#options;
    store.write(() => {
      const { watchlistId } = this.get(testId);
      const { personId } = this.#volunteer(testId, number);
      this.#record(by, 'volunteer.removed', personId, { test: testId });
      this.#deleteAlerts(watchlistId, personId);
      watchlists.deletePerson(personId, by);
    });
  }

  walks(testId: string): readonly Walk[] {
    return this.#table.walks(testId);
  }

  /** Records a walk. @throws NightglassError `BAD_REQUEST`, `CONFLICT`, `NOT_FOUND` */
  addWalk(testId: string, given: NewWalk, by: Actor): Walk {
    const { now, store, watchlists } = this.#options;
    return store.write(() => {
      const test = this.#going(testId);
      const { personId } = this.#volunteer(testId, given.volunteer);
      const { cameras } = watchlists.get(test.watchlistId);
      const others = this.walks(testId);
      const walk = checkedWalk(given, { test, personId, cameras, others, now: now() });
      const id = this.#table.nextWalk();
      this.#table.insertWalk({ ...walk, id });
      this.#table.putTest({ ...test, lastWalk: id });
      this.#record(by, 'acceptance.walk_recorded', testId, { walk: id, camera: walk.cameraId });
      return { ...walk, id };
    });
  }

  /** Ends the walk of a volunteer that goes on, after an hour at the latest. @throws NightglassError `CONFLICT`, `NOT_FOUND` */
  endWalk(testId: string, number: number, by: Actor): Walk {
    const { now, store } = this.#options;
    return store.write(() => {
      this.#going(testId);
      const { personId } = this.#volunteer(testId, number);
      const open = this.walks(testId).find(
        (walk) => walk.personId === personId && walk.endedAt === null,
      );
      if (open === undefined) {
        throw new NightglassError('NOT_FOUND', `Volunteer ${number} is on no walk`);
      }
      const endedAt = Math.min(now(), open.startedAt + acceptanceBounds.walkMs);
      this.#table.endWalk(open.id, endedAt);
      this.#record(by, 'acceptance.walk_recorded', testId, { walk: open.id, ended: true });
      return { ...open, endedAt };
    });
  }

  /**
   * @param counted by people; other cameras go by the tracks that the program counted in whole hours
   * @throws NightglassError `CONFLICT` where the list was deleted before the test was finished
   */
  results(testId: string, counted: readonly FaceCount[] = []): AcceptanceResults {
    const test = this.get(testId);
    if (test.results !== null) return test.results;
    const { id, plan, startedAt, watchlistId } = this.#going(testId);
    return acceptanceResults({
      plan,
      listSize: this.#options.watchlists.countPeople(watchlistId),
      volunteers: this.#table.volunteers(id),
      walks: this.walks(id),
      appearances: this.#table.appearances(watchlistId, startedAt),
      faces: this.#faces(startedAt, counted),
    });
  }

  /** With what it is tested. */
  settings(testId: string, tested: TestedProgram): AcceptanceSettings {
    const { plan, settings, watchlistId } = this.get(testId);
    if (settings !== null) return settings;
    return testedSettings(tested, this.#table.settings(watchlistId), plan.fpir);
  }

  /**
   * Keeps the figures and deletes the list, its volunteers, their walks and alerts, all of it or nothing.
   * @throws NightglassError `CONFLICT` where it is finished or its list is gone
   */
  finish(
    testId: string,
    given: { readonly counted: readonly FaceCount[]; readonly tested: TestedProgram },
    by: Actor,
  ): AcceptanceTest {
    const { now, store, watchlists } = this.#options;
    return store.write(() => {
      const test = this.#going(testId);
      const results = this.results(testId, given.counted);
      const settings = this.settings(testId, given.tested);
      const finished = { ...test, finishedAt: now(), results, settings };
      this.#table.putTest(finished);
      const alerts = this.#deleteAlerts(test.watchlistId);
      const detail = { volunteers: results.listSize, walks: results.total.walks, alerts };
      this.#record(by, 'acceptance.finished', testId, detail);
      watchlists.delete(test.watchlistId, by);
      return finished;
    });
  }

  #faces(from: number, counted: readonly FaceCount[]): readonly FaceCount[] {
    const { now, store } = this.#options;
    const byPeople = new Set(counted.map(({ cameraId }) => cameraId));
    const hour = 3_600_000;
    const until = Math.floor(now() / hour) * hour;
    const tracks = until <= from ? [] : new PeopleSeenTable(store).between(from, until);
    return [
      ...counted,
      ...tracks
        .filter(({ cameraId }) => !byPeople.has(cameraId))
        .map((seen) => ({
          cameraId: seen.cameraId,
          faces: seen.tracks,
          source: 'tracks' as const,
        })),
    ];
  }

  /** Within {@link Store.write}. @returns how many */
  #deleteAlerts(watchlistId: string, personId?: string): number {
    const alerts = new AlertTable(this.#options.store);
    const ids = this.#table.alertIds(watchlistId, personId);
    for (const id of ids) alerts.delete(id);
    return ids.length;
  }

  /** @throws NightglassError `NOT_FOUND`, `CONFLICT` */
  #going(testId: string): AcceptanceTest {
    const test = this.get(testId);
    const state = this.state(test);
    if (state === 'under way') return test;
    const why = state === 'finished' ? 'is finished' : 'ended without being finished';
    throw new NightglassError('CONFLICT', `The acceptance test ${testId} ${why}`);
  }

  #volunteer(testId: string, number: number): Volunteer {
    const found = this.#table.volunteers(testId).find((each) => each.number === number);
    if (found !== undefined) return found;
    throw new NightglassError('NOT_FOUND', `There is no volunteer ${number} in test ${testId}`);
  }

  #record(by: Actor, what: Parameters<typeof auditEntry>[1], target: string, detail: object): void {
    this.#options.audit.record(auditEntry(by, what, target, { ...detail }));
  }
}
