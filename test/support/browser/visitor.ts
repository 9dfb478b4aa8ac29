import type { Browser, BrowserContext, Page, Request } from 'playwright-core';
import { isOfScreenshot } from '../gateway/chromium.ts';

export interface VisitOptions {
  /** Signs in with it before the page opens. */
  readonly token?: string;
  /** Address within the page, `#/alerts`. */
  readonly path?: string;
  readonly language?: 'en' | 'zh';
  readonly theme?: 'dark' | 'light';
  readonly viewport?: { readonly width: number; readonly height: number };
  /** As on a phone: touch, no hover, a dense screen. */
  readonly phone?: boolean;
}

/** For each thing that is to appear: a busy machine draws late. */
const patienceMs = 90_000;
/** What takes longer is not waited for. */
const longestAnswerMs = 10_000;

/** Somebody at the dashboard, with a session of their own. */
export class Visitor implements AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors that the page reported, and answers that refused it something. */
  readonly complaints: string[] = [];
  /** Hosts that it asked, by request or socket. */
  readonly hosts = new Set<string>();
  readonly #address: string;
  /** Requests that have no answer yet, and since when. */
  readonly #asking = new Map<Request, number>();

  private constructor(address: string, context: BrowserContext, page: Page) {
    this.#address = address;
    this.context = context;
    this.page = page;
    page.on('console', (message) => {
      // Chromium reports each refusal without saying of what; that is noted below.
      if (message.type() !== 'error' || /^Failed to load resource/.test(message.text())) return;
      this.complaints.push(message.text());
    });
    page.on('response', (response) => {
      const { pathname } = new URL(response.url());
      const status = response.status();
      if (status < 400) return;
      // A better face that needs no enhancement may replace one between the event and the request.
      // That the page asks for none when it knows that there is none, its unit tests hold.
      if (status === 404 && /\/evidence\/enhanced$/.test(pathname)) return;
      // That nobody is signed in is an answer, not a fault.
      if (status === 401 && pathname === '/api/session') return;
      this.complaints.push(`${status} ${response.request().method()} ${pathname}`);
    });
    page.on('pageerror', ({ message }) => {
      if (!isOfScreenshot(message)) this.complaints.push(message);
    });
    page.on('requestfinished', (request) => this.#asking.delete(request));
    page.on('requestfailed', (request) => this.#asking.delete(request));
    context.on('request', (request) => {
      this.#asking.set(request, performance.now());
      const { protocol, host } = new URL(request.url());
      if (protocol !== 'blob:' && protocol !== 'data:') this.hosts.add(host);
    });
    page.on('websocket', (socket) => this.hosts.add(new URL(socket.url()).host));
  }

  static async open(
    browser: Browser,
    address: string,
    options: VisitOptions = {},
  ): Promise<Visitor> {
    const { token, path = '', language = 'en', theme = 'dark', phone = false } = options;
    const context = await browser.newContext({
      viewport: options.viewport ?? { width: 1600, height: 950 },
      ...(phone ? { hasTouch: true, isMobile: true, deviceScaleFactor: 2 } : {}),
    });
    context.setDefaultTimeout(patienceMs);
    await context.addInitScript(
      // An empty page has no storage, and Firefox says so.
      `if (origin.startsWith('http')) {${Object.entries({ language, theme })
        .map(([key, value]) => `localStorage.setItem('nightglass.${key}', '${value}');`)
        .join('')}}`,
    );
    if (token !== undefined) {
      const answer = await context.request.post(`${address}/api/login`, { data: { token } });
      if (!answer.ok())
        throw new Error(`Cannot sign in: ${answer.status()} ${await answer.text()}`);
    }
    const visitor = new Visitor(address, context, await context.newPage());
    await visitor.page.goto(`${address}/${path}`);
    return visitor;
  }

  /** Goes to a page of the dashboard, without loading it anew, and waits until it is there. */
  async go(path: string): Promise<void> {
    await this.page.evaluate(`location.hash = ${JSON.stringify(path)}`);
    const name = path.replace(/^#\//, '').split(/[/?]/)[0];
    await this.page.locator(`main[data-page="${name}"]`).waitFor();
    await this.settled();
  }

  /** Waits until the page asks for nothing, has drawn what it got, and says nowhere that it is busy. */
  async settled(): Promise<void> {
    for (let calm = 0; calm < 3; calm = this.#waits ? 0 : calm + 1) {
      await this.page.evaluate(
        'new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 30)))',
      );
    }
    await this.page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
  }

  /** True while an answer is due; one that was given up is never told as ended. */
  get #waits(): boolean {
    const since = performance.now() - longestAnswerMs;
    return [...this.#asking.values()].some((asked) => asked > since);
  }

  /** Hosts beside the dashboard's own. */
  get foreignHosts(): string[] {
    const { host } = new URL(this.#address);
    return [...this.hosts].filter((asked) => asked !== host);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close();
  }
}
