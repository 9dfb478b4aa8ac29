import assert from 'node:assert/strict';
import { CookieJar, walkSignIn } from './walk-sign-in.ts';

interface Me {
  readonly name: string;
  readonly displayName: string;
  readonly kind: string;
  readonly role: string;
  readonly cameras: '*' | string[];
  readonly csrf: string;
}

/** A browser at the dashboard, without its page. */
export class Guest {
  readonly jar = new CookieJar();
  /** At the provider. */
  readonly away = new CookieJar();
  readonly home: string;

  constructor(home: string) {
    this.home = home;
  }

  async ask(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await fetch(new URL(path, this.home), {
      redirect: 'manual',
      ...init,
      headers: { cookie: this.jar.header, ...init.headers },
    });
    this.jar.take(response);
    return response;
  }

  /** From the button to the answer of the call-back. */
  async signIn(login: string, query = ''): Promise<Response> {
    const to = await this.ask(`api/oidc/login${query}`);
    assert.equal(to.status, 302);
    const back = await walkSignIn(to.headers.get('location') ?? '', login, this.away);
    return this.ask(back.href);
  }

  async me(): Promise<Me> {
    const response = await this.ask('api/session');
    assert.equal(response.status, 200);
    return (await response.json()) as Me;
  }

  async post(path: string): Promise<Response> {
    const { csrf } = await this.me();
    return this.ask(path, { method: 'POST', headers: { 'x-csrf-token': csrf } });
  }
}
