import { randomUUID } from 'node:crypto';
import { type Actor, auditEntry } from '../../domain/audit-entry.ts';
import { NightglassError } from '../../domain/errors.ts';
import { type LookAlike, mostLookAlikes } from '../../domain/look-alike.ts';
import type { Person } from '../../domain/watchlist.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import { type LookAlikeFacts, LookAlikeTable } from '../../store/look-alike-table.ts';
import type { Store } from '../../store/store.ts';

export interface LookAlikesOptions {
  readonly store: Store;
  readonly audit: Pick<AuditLog, 'record'>;
  /** Wall milliseconds. */
  readonly now: () => number;
  /** @throws NightglassError `NOT_FOUND` */
  readonly getPerson: (id: string) => Person;
  /** Within {@link Store.write}: what may be matched has changed for this person. */
  readonly changed: (person: Pick<Person, 'id' | 'watchlistId'>) => void;
}

/** A face that is not the person whom it matched, as a service hands it in. */
export type NewLookAlike = Omit<LookAlike, 'id' | 'createdAt' | 'createdBy'>;

/**
 * Faces of dismissed alerts that are not the people whom they matched. Every change is one
 * transaction with its audit record; a face is kept as long as its alert, and no longer.
 */
export class LookAlikes {
  readonly #options: LookAlikesOptions;
  readonly #table: LookAlikeTable;

  constructor(options: LookAlikesOptions) {
    this.#options = options;
    this.#table = new LookAlikeTable(options.store);
  }

  /**
   * @throws NightglassError `NOT_FOUND` for a person who is gone, `CONFLICT` where the alert has
   * given one already or the person has as many as one may have, `STORE_UNWRITABLE`
   * @throws RangeError for an embedding that is empty or not finite
   */
  add(given: NewLookAlike, by: Actor): LookAlikeFacts {
    if (given.embedding.length === 0 || !given.embedding.every(Number.isFinite)) {
      throw new RangeError('Cannot store a look-alike: its embedding is empty or not finite');
    }
    const { store, audit, now, getPerson, changed } = this.#options;
    return store.write(() => {
      const person = getPerson(given.personId);
      const id = randomUUID();
      const lookAlike: LookAlike = { ...given, id, createdAt: now(), createdBy: by.name };
      this.#assertRoom(lookAlike, person);
      this.#table.insert(lookAlike);
      const { embedding, model, ...facts } = lookAlike;
      const detail = { watchlist: person.watchlistId, alert: given.alertId, lookAlike: id };
      audit.record(auditEntry(by, 'person.look_alike_added', person.id, detail));
      changed(person);
      return facts;
    });
  }

  /** With their faces, oldest first: for the gallery. */
  ofPeople(personIds: readonly string[]): LookAlike[] {
    return this.#table.ofPeople(personIds);
  }

  /** Without their faces, oldest first. */
  factsOf(personIds: readonly string[]): LookAlikeFacts[] {
    return this.#table.factsOfPeople(personIds);
  }

  /** The one that a dismissed alert has given. */
  ofAlert(alertId: string): LookAlikeFacts | undefined {
    return this.#table.ofAlerts([alertId])[0];
  }

  /** @throws NightglassError `NOT_FOUND`, `STORE_UNWRITABLE` */
  remove(personId: string, id: string, by: Actor): void {
    const { store, audit, getPerson, changed } = this.#options;
    store.write(() => {
      const known = this.#table.find(id);
      if (known === undefined || known.personId !== personId) {
        throw new NightglassError('NOT_FOUND', `Cannot remove the look-alike ${id}: there is none`);
      }
      const person = getPerson(personId);
      this.#table.delete(id);
      const detail = { watchlist: person.watchlistId, alert: known.alertId, lookAlike: id };
      audit.record(auditEntry(by, 'person.look_alike_removed', personId, detail));
      changed(person);
    });
    // A face was deleted: it shall not wait in the journal.
    store.compact();
  }

  /** Within {@link Store.write}: these alerts are about to be deleted, and their faces with them. */
  forgetAlerts(alertIds: readonly string[]): void {
    const { getPerson, changed } = this.#options;
    for (const { id, personId } of this.#table.ofAlerts(alertIds)) {
      this.#table.delete(id);
      changed(getPerson(personId));
    }
  }

  #assertRoom({ alertId }: LookAlike, { id, name }: Person): void {
    if (this.ofAlert(alertId) !== undefined) {
      throw new NightglassError(
        'CONFLICT',
        `Cannot take the face of the alert ${alertId} for a look-alike: it is one already`,
      );
    }
    if (this.factsOf([id]).length < mostLookAlikes) return;
    throw new NightglassError(
      'CONFLICT',
      `Cannot add a look-alike of ${name}: there are ${mostLookAlikes} already`,
      { hint: 'Enrol better pictures of the person, or remove look-alikes that are out of date.' },
    );
  }
}
