import type { Browser } from 'playwright-core';
import { filter, map } from 'rxjs';
import type { WantedPerson } from '../../../demo/footage/demo-footage.ts';
import type { Alert } from '../../../src/domain/alert.ts';
import type { TokenInput } from '../../../src/services/access/tokens.ts';
import { launchBrowser } from '../gateway/chromium.ts';
import { demoFootage } from '../live/demo-footage.ts';
import { makeToken } from '../live/make-token.ts';
import { enrolWanted, type Live, type LiveOptions, startLive } from '../live/start-live.ts';
import { within } from '../live/within.ts';
import { type VisitOptions, Visitor } from './visitor.ts';

/** The wanted person passes at least once in the footage's sixteen seconds; a busy machine drops frames. */
const passMs = 120_000;

const list = {
  purpose: 'Test of the control room',
  legalBasis: 'Nobody on it exists',
  authorisation: 'T-1',
  owner: 'Duty officer',
  cameras: ['*'],
};
/** One person decides about its alerts. */
export const listOfOne = { ...list, id: 'missing', name: 'Missing people' };
/** Two people decide about its alerts. */
export const listOfTwo = { ...list, id: 'barred', name: 'Barred', secondReviewer: true };

/** The real program on the demo's cameras, two watchlists, and a browser for who works with it. */
export class ControlRoom implements AsyncDisposable {
  readonly live: Live;
  readonly browser: Browser;
  readonly wanted: WantedPerson;
  readonly #tokens = new Map<string, string>();

  private constructor(live: Live, browser: Browser, wanted: WantedPerson) {
    this.live = live;
    this.browser = browser;
    this.wanted = wanted;
  }

  static async start(options: Partial<LiveOptions> = {}): Promise<ControlRoom> {
    const { cameras, people } = await demoFootage();
    const [wanted] = people;
    if (wanted === undefined) throw new Error('the footage has nobody to look for');
    const live = await startLive({
      sources: Object.fromEntries(cameras.map(({ name, source }) => [name, source])),
      openOnLoopback: false,
      ...options,
      config: {
        alerts: { quietPeriod: '1s', joinWithin: '0s' },
        watchlists: [listOfOne, listOfTwo],
        ...options.config,
      },
    });
    try {
      return new ControlRoom(live, await launchBrowser(), wanted);
    } catch (error) {
      await live[Symbol.asyncDispose]();
      throw error;
    }
  }

  get address(): string {
    return this.live.nightglass.address;
  }

  /** Puts the wanted person on a watchlist. */
  enrol(listId: string): Promise<string> {
    return enrolWanted(this.live, this.wanted, listId);
  }

  /** The secret of a token of this name; made at the first call. */
  token(name: string, role: TokenInput['role'], rights: Partial<TokenInput> = {}): string {
    const known = this.#tokens.get(name);
    if (known !== undefined) return known;
    const secret = makeToken(this.live, { name, role, ...rights });
    this.#tokens.set(name, secret);
    return secret;
  }

  /** A request over the API with the token of that name. */
  ask(name: string, path: string, init: RequestInit = {}): Promise<Response> {
    const secret = this.#tokens.get(name);
    if (secret === undefined) throw new Error(`there is no token ${name}`);
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${secret}`);
    return fetch(`${this.address}${path}`, { ...init, headers });
  }

  visit(options: VisitOptions = {}): Promise<Visitor> {
    return Visitor.open(this.browser, this.address, options);
  }

  /** The next alert of a watchlist that is raised from now on. */
  nextAlert(listId: string): Promise<Alert> {
    return within(
      passMs,
      `an alert of ${listId}`,
      this.live.nightglass.services.alerts$.pipe(
        filter(({ change, alert }) => change === 'created' && alert.watchlistId === listId),
        map(({ alert }) => alert as Alert),
      ),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
    await this.live[Symbol.asyncDispose]();
  }
}
