import { isNightglassError } from '../../../domain/errors.ts';
import { FactorTable } from '../../../store/factor-table.ts';
import type { SecretBox } from '../../../store/secret-box.ts';
import type { Store } from '../../../store/store.ts';
import { placeOf } from './factor-records.ts';

/** What became of second factors. */
export interface ResealedFactors {
  readonly sealed: number;
  /** That no key at hand opens. */
  readonly lost: number;
}

/**
 * Seals second factors with the box's first key. What no key opens stays: without it the account
 * would be left to the password alone. Within a transaction.
 */
export function resealFactors(store: Store, box: SecretBox): ResealedFactors {
  const table = new FactorTable(store);
  let [sealed, lost] = [0, 0];
  for (const { id, secret } of table.list()) {
    try {
      table.setSecret(id, box.seal(box.open(secret, placeOf(id)), placeOf(id)));
      sealed += 1;
    } catch (error) {
      if (!isNightglassError(error, 'SECRET_MISSING')) throw error;
      lost += 1;
    }
  }
  return { sealed, lost };
}
