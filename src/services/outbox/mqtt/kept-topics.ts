import type { Kept } from './home-assistant.ts';

/** Topics that may wait; beyond it the oldest go, the next connection tells all that is true anyway. */
const mostWaiting = 20_000;

/**
 * What a broker is to keep, topic by topic: one message after the other, of each topic the newest
 * alone. What is put while an older one is on its way goes out after it; what cannot be sent waits
 * for the next connection.
 */
export class KeptTopics {
  readonly #publish: (kept: Kept) => Promise<void>;
  readonly #waiting = new Map<string, string>();
  #working: Promise<void> = Promise.resolve();
  #isWorking = false;

  /** @param publish rejects where the broker has not taken it */
  constructor(publish: (kept: Kept) => Promise<void>) {
    this.#publish = publish;
  }

  /** In place of what waits for the same topics, behind all else. Never rejects. */
  put(all: readonly Kept[]): Promise<void> {
    for (const { topic, payload } of all) {
      this.#waiting.delete(topic);
      this.#waiting.set(topic, payload);
    }
    for (const topic of this.#waiting.keys()) {
      if (this.#waiting.size <= mostWaiting) break;
      this.#waiting.delete(topic);
    }
    if (!this.#isWorking) this.#working = this.#work();
    return this.#working;
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    try {
      for (;;) {
        const next = this.#waiting.entries().next().value;
        if (next === undefined) return;
        const [topic, payload] = next;
        await this.#publish({ topic, payload });
        // Unless something newer came meanwhile.
        if (this.#waiting.get(topic) === payload) this.#waiting.delete(topic);
      }
    } catch {
      // Told by what is sent; the next connection puts all of it.
    } finally {
      this.#isWorking = false;
    }
  }
}
