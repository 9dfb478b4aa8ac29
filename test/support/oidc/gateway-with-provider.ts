import type { TestContext } from 'node:test';
import { gatewayAccess } from '../../../src/app/gateway-access.ts';
import { type Clock, systemClock } from '../../../src/domain/clock.ts';
import { silentLog } from '../../../src/domain/log.ts';
import { createGateway, type GatewayOptions } from '../../../src/gateway/gateway.ts';
import { accountOfSubject } from '../../../src/services/access/oidc/account-of-subject.ts';
import { unconfirmSubject } from '../../../src/services/access/oidc/unconfirmed-accounts.ts';
import { MemoryServices } from '../gateway/memory-services.ts';
import { providerInTest } from './provider-in-test.ts';
import { signInSetup } from './sign-in-setup.ts';

/** A gateway with accounts on SQLite whose people sign in at a real provider beside it. */
export async function gatewayWithProvider(
  t: TestContext,
  options: {
    readonly gateway?: Partial<GatewayOptions>;
    readonly passwords?: boolean;
    /** Of sessions. */
    readonly clock?: Clock;
    /** What stands before the gateway, by its address; default nothing. */
    readonly home?: (address: string) => string;
  } = {},
) {
  const services = new MemoryServices();
  const { audit, store } = services;
  const place = { home: '' };
  const provider = await providerInTest(t, () => [place.home]);
  provider.people.set('ann', { groups: ['desk'], name: 'Ann Example' });
  const { signIn } = signInSetup(t, provider.issuer, {
    clock: options.clock ?? systemClock,
    enter: (...entrant) => accountOfSubject({ store, audit, now: Date.now }, ...entrant),
    leave: (...leaver) => unconfirmSubject({ store, audit, now: Date.now }, ...leaver),
  });
  const gateway = await createGateway({
    ...{ host: '127.0.0.1', port: 0, services, version: '0.0.0' },
    access: gatewayAccess(services, silentLog, true),
    signIn: { passwords: options.passwords ?? true, oidc: signIn },
    ...options.gateway,
  });
  t.after(() => gateway.close());
  place.home = options.home?.(gateway.address) ?? `${gateway.address}/`;
  return { gateway, provider, services, home: () => place.home, place };
}
