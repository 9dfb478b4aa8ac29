import { createTokenStore, type TokenInput } from '../../../src/services/access/tokens.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { createStore } from '../../../src/store/create-store.ts';
import type { Live } from './start-live.ts';

/** A token of the running program, made as the command line makes it. Returns the secret. */
export function makeToken(live: Live, input: TokenInput): string {
  const store = createStore({ dataDir: live.dataDir });
  try {
    return createTokenStore({
      store,
      audit: new AuditLog({ store, now: () => Date.now() }),
      now: () => Date.now(),
    }).create(input).secret;
  } finally {
    store.close();
  }
}
