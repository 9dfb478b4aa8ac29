/** Cookies of a visitor, by name; paths and ages are not minded. */
export class CookieJar {
  readonly #cookies = new Map<string, string>();

  take(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
  }

  get(name: string): string | undefined {
    return this.#cookies.get(name);
  }

  get header(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}

const mostSteps = 12;

/**
 * Walks the pages of the provider as a browser does, from where the dashboard sent it, as somebody
 * who logs in and agrees.
 * @param jar of the provider
 * @returns where the provider sends the browser back to
 */
export async function walkSignIn(
  address: string,
  login: string,
  jar: CookieJar = new CookieJar(),
): Promise<URL> {
  const { origin } = new URL(address);
  let next: { url: URL; form?: URLSearchParams } = { url: new URL(address) };
  for (let step = 0; step < mostSteps; step += 1) {
    if (next.url.origin !== origin) return next.url;
    const response = await fetch(next.url, {
      method: next.form === undefined ? 'GET' : 'POST',
      redirect: 'manual',
      headers: { cookie: jar.header },
      ...(next.form === undefined ? {} : { body: next.form }),
    });
    jar.take(response);
    const to = response.headers.get('location');
    if (to !== null) {
      next = { url: new URL(to, next.url) };
      continue;
    }
    const page = await response.text();
    const action = /action="([^"]+)"/.exec(page)?.[1];
    if (action === undefined) throw new Error(`no form at ${next.url.pathname}: ${page}`);
    const form = new URLSearchParams();
    for (const [, name = '', value = ''] of page.matchAll(/name="(\w+)" value="([^"]*)"/g)) {
      form.set(name, value);
    }
    if (form.get('prompt') === 'login') {
      form.set('login', login);
      form.set('password', 'any');
    }
    next = { url: new URL(action, next.url), form };
  }
  throw new Error('the provider leads round in circles');
}
