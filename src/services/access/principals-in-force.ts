import { accountState } from '../../domain/account.ts';
import type { Principal } from '../../domain/principal.ts';
import { AccountTable } from '../../store/account-table.ts';
import type { Store } from '../../store/store.ts';
import { TokenTable } from '../../store/token-table.ts';

/** Everybody who may act: tokens that are in force, accounts that are active. @param now wall milliseconds */
export function principalsInForce(store: Pick<Store, 'prepare'>, now: number): Principal[] {
  const tokens = new TokenTable(store)
    .list()
    .filter(({ revokedAt, expiresAt }) => revokedAt === null && (expiresAt ?? now + 1) > now);
  const accounts = new AccountTable(store)
    .list()
    .filter((account) => accountState(account) === 'active');
  return [...tokens, ...accounts];
}
