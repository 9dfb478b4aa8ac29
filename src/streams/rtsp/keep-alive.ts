const methods = ['GET_PARAMETER', 'SET_PARAMETER', 'OPTIONS'] as const;
export type KeepAliveMethod = (typeof methods)[number];

/** Bounds of the session's life that a camera names, seconds. */
const shortestLife = 4;
const longestLife = 600;
/** A connection that ends so soon after a request was ended by it, milliseconds. */
const reaction = 1_500;

/**
 * What a camera takes as a sign of life, learnt over its sessions: what it
 * refuses is asked no more, what ends the connection neither, and where
 * sessions run out all the same, more is sent, and earlier.
 */
export class KeepAliveHabits {
  readonly #refused = new Set<KeepAliveMethod>();
  readonly #heeded = new Set<KeepAliveMethod>();
  #runOuts = 0;
  #life = 0;
  #lastAge = 0;
  #shortest = Number.POSITIVE_INFINITY;
  #lastSent: { method: KeepAliveMethod; at: number } | null = null;

  /** A session begins. @param header its `timeout`, seconds, if any */
  begin(header: string | undefined): void {
    const given = Number(header ?? 60);
    const seconds = Number.isFinite(given) && given > 0 ? given : 60;
    this.#life = Math.min(Math.max(seconds, shortestLife), longestLife) * 1000;
    this.#lastSent = null;
  }

  /** Milliseconds from one sign of life to the next. */
  get interval(): number {
    const wanted = Math.min(this.#life * 0.4, this.#shortest / 3, 30_000);
    return Math.max(wanted, 1_000);
  }

  /** What to send now. @param offered the methods that the camera says it knows */
  next(offered: readonly string[]): KeepAliveMethod[] {
    const usable = methods.filter((method) => !this.#refused.has(method));
    if (this.#runOuts >= 2) return usable;
    // GET_PARAMETER keeps sessions alive that OPTIONS does not, also where it is not offered.
    const parameter = usable.find((method) => method === 'GET_PARAMETER');
    if (parameter === undefined) {
      const named = usable.filter((method) => method === 'OPTIONS' || offered.includes(method));
      return this.#runOuts === 1 ? named : named.slice(-1);
    }
    const enough = this.#heeded.has(parameter) && this.#runOuts === 0;
    return enough ? [parameter] : [parameter, 'OPTIONS'];
  }

  sent(method: KeepAliveMethod, now: number): void {
    if (!this.#heeded.has(method)) this.#lastSent = { method, at: now };
  }

  answered(method: KeepAliveMethod, status: number): void {
    if (status >= 200 && status < 300) this.#heeded.add(method);
    else if (method !== 'OPTIONS' && status !== 401) this.#refused.add(method);
  }

  /** The camera ended a session. @param age how long it played, milliseconds */
  ended(age: number, now: number): void {
    const suspect = this.#lastSent;
    if (suspect !== null && suspect.method !== 'OPTIONS' && now - suspect.at < reaction) {
      this.#refused.add(suspect.method);
      return;
    }
    if (age >= this.#life * 0.8) this.#runOuts += 1;
    else if (age > 5_000 && Math.abs(age - this.#lastAge) < age * 0.15) {
      // Twice after the same time: that is its true patience, whatever it says.
      this.#shortest = Math.min(this.#shortest, age);
      this.#runOuts += 1;
    }
    this.#lastAge = age;
  }
}
