import type { z } from 'zod';
import { federationBounds } from '../../domain/bounds.ts';
import type { Clock } from '../../domain/clock.ts';
import { isNightglassError, NightglassError } from '../../domain/errors.ts';
import type { FederationRefusal, ListKind } from '../../domain/federation.ts';
import type { Log } from '../../domain/log.ts';
import { hasExpired } from '../../domain/watchlist.ts';
import type { ReceivedLists, ReceivedTemplate } from '../watchlists/received-lists.ts';
import { answers, fromBase64, type TemplateAnswer } from './messages.ts';

export interface ListFollowerOptions {
  readonly received: ReceivedLists;
  /**
   * Asks the centre; what it gives back was signed by it for this very question.
   * @throws NightglassError `FEDERATION_UNREACHABLE`, `FEDERATION_REFUSED`
   */
  readonly ask: (kind: ListKind, body: unknown) => Promise<unknown>;
  readonly refused: (reason: FederationRefusal) => void;
  /** Alerts that are not all at the centre. */
  readonly waiting: () => number;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The site's side: brings the lists of the centre here, and takes away what is there no more. It
 * compares states, not a log: how long the line was cut does not matter.
 */
export class ListFollower {
  readonly #options: ListFollowerOptions;
  readonly #faults = new Map<string, string>();
  #heardAt: number | null = null;
  #session: string | undefined;
  #heardMonotonic: number;
  #closed = false;
  #wake: (() => void) | undefined;
  #running: Promise<void> | undefined;

  constructor(options: ListFollowerOptions) {
    this.#options = options;
    this.#heardMonotonic = options.clock.monotonic();
  }

  /** Wall milliseconds of the centre's last answer; null: none since the start. */
  get heardAt(): number | null {
    return this.#heardAt;
  }

  /** What the centre takes alerts with; undefined where it takes none. */
  get session(): string | undefined {
    return this.#session;
  }

  /** Whether the centre was not heard for a minute. */
  get silent(): boolean {
    const ago = this.#options.clock.monotonic() - this.#heardMonotonic;
    return ago > federationBounds.silentMs;
  }

  /** Lists of the centre that could not be taken, and why. */
  refused(): readonly { readonly id: string; readonly why: string }[] {
    return [...this.#faults].map(([id, why]) => ({ id, why }));
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#wake?.();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { log } = this.#options;
    let lastFault = '';
    while (!this.#closed) {
      let pause: number = federationBounds.pollMs;
      try {
        await this.#round();
        lastFault = '';
      } catch (error) {
        pause = federationBounds.retryMs;
        const fault = error instanceof Error ? error.message : String(error);
        if (fault !== lastFault)
          log.warn({ err: error }, 'The lists of the centre are not followed');
        lastFault = fault;
      }
      if (!this.#closed) await this.#pause(pause);
    }
  }

  async #round(): Promise<void> {
    const { clock, received } = this.#options;
    const removals = received.removals(federationBounds.removals);
    const lists = received.list();
    const waiting = this.#options.waiting();
    const state = await this.#ask('state', { lists, removals, waiting });
    this.#session = state.session;
    this.#heardAt = clock.now();
    this.#heardMonotonic = clock.monotonic();
    received.reported(state.removals);
    const wanted = new Set(state.lists.map(({ id }) => id));
    for (const { id } of lists) if (!wanted.has(id)) received.remove(id);
    for (const id of this.#faults.keys()) if (!wanted.has(id)) this.#faults.delete(id);
    for (const { id, version } of state.lists) {
      if (this.#closed) return;
      await this.#take(id, version);
    }
  }

  /** One list that fails leaves the others as they are. */
  async #take(id: string, version: number): Promise<void> {
    const { log, received, refused } = this.#options;
    const present = received.version(id);
    if (present === version) return;
    try {
      if (present !== undefined && version < present) {
        refused('rolled_back');
        throw new NightglassError(
          'FEDERATION_REFUSED',
          `Version ${version} is older than ${present}, which is here`,
        );
      }
      if (await this.#bring(id)) received.complete(id, version);
      this.#faults.delete(id);
    } catch (error) {
      if (isNightglassError(error, 'FEDERATION_UNREACHABLE')) throw error;
      const isTaken = isNightglassError(error, 'CONFLICT');
      const why = error instanceof Error ? error.message : String(error);
      if (this.#faults.get(id) === why) return;
      if (isTaken) refused('taken');
      this.#faults.set(id, why);
      log.warn({ err: error, watchlistId: id }, 'A list of the centre is not taken');
    }
  }

  /** @returns whether all is here now */
  async #bring(id: string): Promise<boolean> {
    const { clock, received } = this.#options;
    const { list } = await this.#ask('list', { list: id });
    // No longer for this site: the next round says so.
    if (list === null) return false;
    if (list.id !== id) throw this.#misshapen();
    if (hasExpired(list, clock.now())) return true;
    received.put(list);
    const before = received.digests(id);
    const there = new Set<string>();
    let after = '';
    for (let more = true; more && !this.#closed; ) {
      const page = await this.#ask('people', { list: id, after });
      if (page.people === null) return false;
      for (const [person, digest] of page.people) {
        if (this.#closed) return false;
        there.add(person);
        if (before.get(person) !== digest) await this.#bringPerson(id, person);
      }
      const last = page.people.at(-1)?.[0];
      more = page.more && last !== undefined && last !== after;
      after = last ?? after;
    }
    if (this.#closed) return false;
    for (const person of before.keys()) if (!there.has(person)) received.removePerson(person);
    return true;
  }

  async #bringPerson(list: string, id: string): Promise<void> {
    const { received } = this.#options;
    const { digest, images, person } = await this.#ask('person', { list, person: id });
    // Deleted meanwhile: the list has another version by now.
    if (person === null) return received.removePerson(id);
    if (person.id !== id) throw this.#misshapen();
    const here = new Set(received.templateIds(id));
    const added: ReceivedTemplate[] = [];
    const kept: string[] = [];
    for (const template of images) {
      if (!here.has(template)) {
        const made = await this.#ask('template', { list, person: id, template });
        if (made.template === null) continue;
        if (made.template.id !== template) throw this.#misshapen();
        added.push(this.#received(id, made.template));
      }
      kept.push(template);
    }
    received.putPerson({ ...person, watchlistId: list }, kept, added, digest);
  }

  #received(personId: string, { embedding, image, poorView, ...rest }: TemplateAnswer) {
    const vector = fromBase64(embedding);
    const poor = poorView && fromBase64(poorView.embedding);
    if (vector === null || (poorView !== null && poor === null)) throw this.#misshapen();
    return {
      ...rest,
      personId,
      embedding: vector,
      poorView: poorView && poor && { recipe: poorView.recipe, embedding: poor },
      image: new Uint8Array(Buffer.from(image, 'base64')),
    };
  }

  async #ask<K extends ListKind>(kind: K, body: unknown): Promise<z.output<(typeof answers)[K]>> {
    const parsed = answers[kind].safeParse(await this.#options.ask(kind, body));
    if (!parsed.success) throw this.#misshapen();
    return parsed.data as z.output<(typeof answers)[K]>;
  }

  #misshapen(): NightglassError {
    this.#options.refused('format');
    return new NightglassError(
      'FEDERATION_REFUSED',
      'An answer of the centre is not in the format',
    );
  }

  /** Waits, or until it is closed. */
  async #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(ms, resolve);
    this.#wake = resolve;
    await promise;
    cancel();
    this.#wake = undefined;
  }
}
