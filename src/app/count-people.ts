import { CountPeopleSeen } from '../services/reports/count-people-seen.ts';
import { PeopleSeenTable } from '../store/people-seen-table.ts';
import type { Foundation } from './foundation.ts';
import type { Records } from './open-records.ts';

/** Counts people that were compared with lists, for reports. */
export function countPeople(
  { clock, log, resources }: Foundation,
  { store }: Pick<Records, 'store'>,
): CountPeopleSeen {
  const people = new CountPeopleSeen({
    table: new PeopleSeenTable(store),
    clock,
    onError: (error) => log.warn({ err: error }, 'Counts of people seen cannot be written now'),
  });
  resources.defer(() => people.close());
  return people;
}
