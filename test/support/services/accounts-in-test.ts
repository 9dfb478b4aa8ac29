import { randomBytes } from 'node:crypto';
import type { FactorPolicy } from '../../../src/domain/second-factor.ts';
import { AccountStore } from '../../../src/services/access/account-store.ts';
import { SecondFactors } from '../../../src/services/access/factors/second-factors.ts';
import { PasswordHasher } from '../../../src/services/access/password-hasher.ts';
import { createTokenStore } from '../../../src/services/access/tokens.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { secretBox } from '../../../src/store/secret-box.ts';
import type { Store } from '../../../src/store/store.ts';
import type { FakeClock } from '../fake-clock.ts';

/** The least that argon2id takes: tests compare many passwords. */
export const cheap = { memory: 8, passes: 1, parallelism: 1 } as const;

/** A password that holds to the rules. */
export const goodPassword = 'tepid marble outing';

/** Accounts and tokens on a store, with passwords that cost next to nothing. */
export function accountsInTest(
  store: Store,
  clock: Pick<FakeClock, 'now' | 'monotonic' | 'after'>,
  policy: () => FactorPolicy = () => 'optional',
) {
  const audit = new AuditLog({ store, now: clock.now });
  const { now } = clock;
  const hasher = new PasswordHasher(clock, cheap);
  const accounts = new AccountStore({ store, audit, now, hasher });
  const key = randomBytes(32);
  const factors = new SecondFactors({
    ...{ store, audit, now, box: secretBox(() => [key]), monotonic: clock.monotonic },
    get policy() {
      return policy();
    },
  });
  const tokens = createTokenStore({ store, audit, now });

  /** Somebody who has used their invitation. */
  async function join(
    name: string,
    rights: Partial<Parameters<AccountStore['invite']>[0]> = {},
    by = { name: 'system' },
  ) {
    const { account, secret } = accounts.invite({ name, role: 'operator', ...rights }, by);
    await accounts.acceptLink(secret, goodPassword);
    return accounts.get(account.id);
  }
  return { accounts, factors, tokens, audit, join };
}
