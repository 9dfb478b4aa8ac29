import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { z } from 'zod';
import { gatewayAccess } from '../../../src/app/gateway-access.ts';
import { silentLog } from '../../../src/domain/log.ts';
import { createGateway, type GatewayOptions } from '../../../src/gateway/gateway.ts';
import type { userSchema } from '../../../src/gateway/schemas/account.ts';
import { goodPassword } from '../services/accounts-in-test.ts';
import { MemoryServices } from './memory-services.ts';
import { ask } from './open-gateway.ts';

export type User = z.infer<typeof userSchema>;

/** A gateway whose start token is the only way in. */
export async function gatewayWithAccounts(t: TestContext, options: Partial<GatewayOptions> = {}) {
  const services = new MemoryServices();
  const { secret: start } = services.tokens.create({ name: 'start', role: 'admin' });
  const gateway = await createGateway({
    host: '127.0.0.1',
    port: 0,
    services,
    access: gatewayAccess(services, silentLog),
    version: '0.0.0',
    ...options,
  });
  t.after(() => gateway.close());
  const { address } = gateway;
  const call = <T>(path: string, asked: Parameters<typeof ask>[1] = {}) =>
    ask<T>(`${address}${path}`, { token: start, ...asked });

  async function invite(name: string, rights: object = {}) {
    const json = { name, role: 'operator', ...rights };
    const { status, body } = await call<{ user: User; link: { secret: string } }>('/api/users', {
      json,
    });
    assert.equal(status, 201, JSON.stringify(body));
    return { user: body.user, secret: body.link.secret };
  }
  const accept = (secret: string, password = goodPassword) =>
    ask(`${address}/api/invitations/accept`, { json: { secret, password } });

  /** A browser: keeps its cookies. */
  function browser(headers: Record<string, string> = {}) {
    const jar = new Map<string, string>();
    let csrf = '';
    return {
      jar,
      async ask(path: string, method = 'GET', json?: object) {
        const response = await fetch(`${address}${path}`, {
          method,
          headers: {
            ...headers,
            cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
            'x-csrf-token': csrf,
            ...(json === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(json === undefined ? {} : { body: JSON.stringify(json) }),
        });
        for (const cookie of response.headers.getSetCookie()) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
          jar.set(name, value);
        }
        const text = await response.text();
        const body = text.startsWith('{') ? JSON.parse(text) : {};
        csrf = body.csrf ?? csrf;
        return { status: response.status, body, headers: response.headers };
      },
      login(name: string, password = goodPassword) {
        return this.ask('/api/login/password', 'POST', { name, password });
      },
      get cookie() {
        return `nightglass_session=${jar.get('nightglass_session')}`;
      },
    };
  }

  async function join(name: string, rights: object = {}) {
    const { user, secret } = await invite(name, rights);
    assert.equal((await accept(secret)).status, 204);
    const page = browser();
    assert.equal((await page.login(name)).status, 200);
    return { user, page };
  }
  return { services, address, call, invite, accept, browser, join };
}
