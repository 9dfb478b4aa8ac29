import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { factorBounds } from '../../domain/bounds.ts';
import type { Clock } from '../../domain/clock.ts';
import type { FactorMethod } from '../../domain/second-factor.ts';
import type { Holder } from '../../services/access/account-contract.ts';
import { GatewayError, toWireError } from '../contract/wire-error.ts';
import { networkOf } from './client-address.ts';
import type { GatewayAccess } from './gateway-access.ts';
import type { Limiter } from './limiter.ts';
import { PasswordThrottle } from './password-throttle.ts';
import { tooMany } from './too-many.ts';

/** What a ticket is for: to show a second factor, or to add the first one, which must be there. */
export type StepPurpose = 'second' | 'enrol';

/** A sign-in whose password was right, and which is nobody's session yet. */
export interface Step {
  readonly holder: Holder;
  readonly purpose: StepPurpose;
  /** By what it goes on; empty to enrol. */
  readonly methods: readonly FactorMethod[];
  /** Wall milliseconds. */
  readonly expiresAt: number;
}

/** A step as it is handed out: the ticket in the answer, the secret in a cookie. */
export interface OpenedStep extends Step {
  readonly ticket: string;
  readonly cookie: string;
}

/** What a browser brings back. */
export interface StepAsked {
  readonly ticket: string;
  readonly cookie: string | undefined;
  /** Secret of a browser that somebody was let in with before. */
  readonly browser: string | undefined;
  readonly address: string;
}

interface Entry {
  readonly step: Step;
  readonly cookie: Buffer;
  readonly at: number;
  tries: number;
}

/**
 * Sign-ins between password and second factor, in memory alone: bounded in number, time and tries,
 * each for one account as of its credentials and for the browser that has shown the password. With a
 * ticket nothing is let in but its second step. They are kept by the hash of the ticket.
 */
export class SecondSteps {
  readonly #clock: Clock;
  readonly #access: Pick<GatewayAccess, 'find' | 'knowsBrowser'>;
  readonly #throttle: PasswordThrottle;
  /** By hash of the ticket, the oldest first. */
  readonly #entries = new Map<string, Entry>();

  /** @param failures wrong tokens, passwords and codes by network */
  constructor(
    clock: Clock,
    access: Pick<GatewayAccess, 'find' | 'knowsBrowser'>,
    failures: Limiter,
  ) {
    this.#clock = clock;
    this.#access = access;
    this.#throttle = new PasswordThrottle(clock, failures);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Hands out a ticket; the oldest makes room. */
  open(holder: Holder, methods: readonly FactorMethod[]): OpenedStep {
    const { steps, stepsOfAccount, stepMs } = factorBounds;
    this.#sweep();
    const own = [...this.#entries].filter(
      ([, { step }]) => step.holder.principal.id === holder.principal.id,
    );
    if (own[0] !== undefined && own.length >= stepsOfAccount) this.#entries.delete(own[0][0]);
    const oldest = this.#entries.keys().next();
    if (this.#entries.size >= steps && !oldest.done) this.#entries.delete(oldest.value);
    const [ticket, cookie] = [randomSecret(), randomSecret()];
    const step: Step = {
      ...{ holder, methods, purpose: methods.length === 0 ? 'enrol' : 'second' },
      expiresAt: this.#clock.now() + stepMs,
    };
    const at = this.#clock.monotonic();
    this.#entries.set(keyOf(ticket), { step, cookie: digest(cookie), at, tries: 0 });
    return { ...step, ticket, cookie };
  }

  /** @throws GatewayError `NOT_FOUND` for none in force, of this browser and for this */
  find(asked: StepAsked, purpose: StepPurpose): Step {
    return this.#find(asked, purpose).step;
  }

  /**
   * Tries the second step, no more often than codes may be guessed; after success the ticket is
   * spent. Where `work` throws `UNAUTHENTICATED`, it was wrong.
   * @throws GatewayError `NOT_FOUND`, `TOO_MANY_REQUESTS`; what `work` throws
   */
  async attempt<T>(
    asked: StepAsked,
    purpose: StepPurpose,
    work: (step: Step) => Promise<T> | T,
  ): Promise<T> {
    const entry = this.#find(asked, purpose);
    const { name } = entry.step.holder.principal;
    const { address, browser } = asked;
    const isKnown = browser !== undefined && this.#access.knowsBrowser(name, browser);
    const attempt = { name, network: networkOf(address), browser: isKnown ? browser : undefined };
    const wait = this.#throttle.enter(attempt);
    if (wait > 0) throw tooMany('There were too many failed attempts', wait);
    entry.tries += 1;
    try {
      const result = await work(entry.step);
      // Of two at once one alone goes on.
      if (!this.#entries.delete(keyOf(asked.ticket))) throw notInForce();
      this.#throttle.succeeded(attempt);
      return result;
    } catch (error) {
      if (toWireError(error).code === 'UNAUTHENTICATED') {
        this.#throttle.failed(attempt);
        if (entry.tries >= factorBounds.tries) this.#entries.delete(keyOf(asked.ticket));
      } else {
        entry.tries -= 1;
        this.#throttle.withdrawn(attempt);
      }
      throw error;
    }
  }

  /** Forgets all tickets. Idempotent. */
  close(): void {
    this.#entries.clear();
  }

  #find({ ticket, cookie }: StepAsked, purpose: StepPurpose): Entry {
    const entry = this.#entries.get(keyOf(ticket));
    if (entry === undefined || entry.step.purpose !== purpose || this.#isOver(entry)) {
      throw notInForce();
    }
    if (cookie === undefined || !timingSafeEqual(digest(cookie), entry.cookie)) throw notInForce();
    if (entry.tries >= factorBounds.tries) throw notInForce();
    const { credentials, principal } = entry.step.holder;
    if (this.#access.find(principal.id)?.credentials !== credentials) throw notInForce();
    return entry;
  }

  #isOver({ at }: Entry): boolean {
    return this.#clock.monotonic() - at >= factorBounds.stepMs;
  }

  #sweep(): void {
    for (const [key, entry] of this.#entries) {
      if (this.#isOver(entry)) this.#entries.delete(key);
    }
  }
}

function notInForce(): GatewayError {
  return new GatewayError('NOT_FOUND', 'This sign-in is over: begin again with the password');
}

function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function keyOf(ticket: string): string {
  return digest(ticket).toString('base64');
}
