import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { type Configuration, Provider } from 'oidc-provider';

/** Somebody at the provider; who is in no list here is in no group. */
export interface PersonAtProvider {
  groups: string[];
  readonly name?: string;
  /** What `preferred_username` says; default the login. */
  readonly username?: string;
}

export interface ProviderInTest {
  readonly issuer: string;
  /** By login, which is the subject; changes count from the next answer on. */
  readonly people: Map<string, PersonAtProvider>;
  /** Requests so far, by path. */
  readonly asked: Map<string, number>;
  /** While set, each request is answered by this instead. */
  fault: RequestListener | undefined;
  /** Takes back what the provider gave to somebody: refresh tokens are refused from then on. */
  revoke(login: string): Promise<void>;
  close(): Promise<void>;
}

export const clientId = 'nightglass';
export const clientSecret = 'secret-of-the-client-at-the-provider';

/**
 * A real provider with its own log-in page, which takes any login with any password.
 * @param homes addresses of dashboards that it sends browsers back to; asked for with the first request
 */
export async function providerInTest(
  t: Pick<TestContext, 'after'>,
  homes: readonly string[] | (() => readonly string[]),
  options: {
    readonly tls?: { readonly key: string; readonly cert: string };
    readonly port?: number;
    readonly secret?: string;
    readonly configuration?: Partial<Configuration>;
    /** Where it tells of log-outs. */
    readonly backchannel?: string;
  } = {},
): Promise<ProviderInTest> {
  const server: Server =
    options.tls === undefined ? createServer() : createSecureServer(options.tls);
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(options.port ?? 0, '127.0.0.1', resolve);
  await promise;
  const { port } = server.address() as AddressInfo;
  const scheme = options.tls === undefined ? 'http://127.0.0.1' : 'https://localhost';
  const people = new Map<string, PersonAtProvider>();
  const asked = new Map<string, number>();
  const grants = new Map<string, Set<string>>();
  const made: { provider?: Provider; answer?: RequestListener } = {};
  const make = () => {
    const known = typeof homes === 'function' ? homes() : homes;
    const provider = new Provider(`${scheme}:${port}`, {
      ...settings(known, people, {
        backchannel: options.backchannel ?? `${known[0]}api/oidc/backchannel-logout`,
        secret: options.secret ?? clientSecret,
      }),
      ...options.configuration,
    });
    provider.on('grant.success', ({ oidc }) => {
      const { RefreshToken, AuthorizationCode } = oidc.entities;
      const from = AuthorizationCode ?? RefreshToken;
      if (from?.accountId === undefined || from.grantId === undefined) return;
      const held = grants.get(from.accountId) ?? new Set();
      grants.set(from.accountId, held.add(from.grantId));
    });
    made.provider = provider;
    made.answer = provider.callback();
    return made.answer;
  };
  const found: ProviderInTest = {
    issuer: `${scheme}:${port}`,
    people,
    asked,
    fault: undefined,
    async revoke(login) {
      const { provider } = made;
      if (provider === undefined) return;
      for (const id of grants.get(login) ?? []) {
        await provider.RefreshToken.revokeByGrantId(id);
        await (await provider.Grant.find(id))?.destroy();
      }
    },
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  server.on('request', (request, response) => {
    const path = new URL(request.url ?? '/', 'http://any').pathname;
    asked.set(path, (asked.get(path) ?? 0) + 1);
    (found.fault ?? made.answer ?? make())(request, response);
  });
  t.after(() => found.close());
  return found;
}

function settings(
  homes: readonly string[],
  people: ReadonlyMap<string, PersonAtProvider>,
  { backchannel, secret }: { readonly backchannel: string; readonly secret: string },
): Configuration {
  return {
    clients: [
      {
        client_id: clientId,
        client_secret: secret,
        grant_types: ['authorization_code', 'refresh_token'],
        redirect_uris: homes.map((home) => `${home}api/oidc/callback`),
        post_logout_redirect_uris: [...homes],
        backchannel_logout_uri: backchannel,
        backchannel_logout_session_required: true,
      },
    ],
    claims: {
      openid: ['sub'],
      profile: ['name', 'preferred_username', 'groups'],
      email: ['email'],
    },
    features: {
      devInteractions: { enabled: true },
      backchannelLogout: { enabled: true },
    },
    // Log-outs are told on this machine, which the provider would refuse.
    fetch(url, options) {
      const { dispatcher: _refuses, ...rest } = options as RequestInit & { dispatcher?: unknown };
      return globalThis.fetch(url, rest);
    },
    cookies: { keys: ['key of the cookies in tests'] },
    pkce: { required: () => true },
    // As Keycloak does: without `offline_access`.
    issueRefreshToken: async (_context, client) => client.grantTypeAllowed('refresh_token'),
    ttl: { Session: 3600, Interaction: 600, Grant: 3600, IdToken: 3600, AccessToken: 600 },
    findAccount: (_context, login) => ({
      accountId: login,
      claims: () => {
        const { groups = [], name, username = login } = people.get(login) ?? {};
        return {
          sub: login,
          email: `${login}@example.org`,
          groups,
          preferred_username: username,
          ...(name === undefined ? {} : { name }),
        };
      },
    }),
  };
}
