import type { z } from 'zod';
import {
  localPrincipal,
  maySeeBiometrics,
  maySeeSite,
  type Principal,
} from '../../domain/principal.ts';
import type { Session } from '../access/sessions.ts';
import type { sessionSchema } from '../schemas/session.ts';
import type { RouteContext } from './context.ts';

/** Who asks, for themselves. */
export function shownCaller(
  {
    authenticator,
    services,
    version,
  }: Pick<RouteContext, 'authenticator' | 'services' | 'version'>,
  principal: Principal,
  session: Session | undefined,
) {
  const { id, name, role, cameras, watchlists, scopes } = principal;
  const displayName = services.accounts.displayName(id);
  const kind: z.infer<typeof sessionSchema>['kind'] =
    displayName !== undefined ? 'account' : principal === localPrincipal ? 'visitor' : 'token';
  return {
    ...{ name, kind, displayName: displayName ?? name, role },
    cameras: cameras === '*' ? cameras : [...cameras],
    watchlists: watchlists === '*' ? watchlists : [...watchlists],
    scopes: [...scopes],
    sites: services.federation.sites.filter(
      (site) => maySeeBiometrics(principal) && maySeeSite(principal, site),
    ),
    open: authenticator.open,
    version,
    ...(session === undefined ? {} : { csrf: session.csrf, expiresAt: session.expiresAt }),
  } satisfies z.infer<typeof sessionSchema>;
}
