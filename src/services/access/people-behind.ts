import { AccountTable } from '../../store/account-table.ts';
import type { Store } from '../../store/store.ts';
import { TokenTable } from '../../store/token-table.ts';

/** Whether two names of accounts or tokens may stand for one person. */
export type SamePerson = (a: string, b: string) => boolean;

/**
 * Tells by what is known of accounts and tokens. An account is a person. Behind a token may be
 * whoever made it, whom it is for, and everybody whom it has invited: whoever holds it may be any of
 * them, so it is no second person beside them.
 */
export function samePerson(store: Pick<Store, 'prepare' | 'readOr'>): SamePerson {
  return (a, b) => {
    if (a === b) return true;
    // Reviews go on while the database cannot be read.
    return store.readOr(() => {
      const behindA = peopleBehind(store, a);
      return peopleBehind(store, b).some((name) => behindA.includes(name));
    }, false);
  };
}

/** The name itself, and of a token the accounts and tokens that may stand behind it, theirs too. */
export function peopleBehind(store: Pick<Store, 'prepare'>, name: string): string[] {
  const tokens = new TokenTable(store);
  const accounts = new AccountTable(store);
  const found = new Set([name]);
  // What is added on the way is gone through, too.
  for (const one of found) {
    const token = tokens.findByName(one);
    if (token === undefined) continue;
    for (const other of [...token.people, ...accounts.madeBy(one)]) found.add(other);
  }
  return [...found];
}
