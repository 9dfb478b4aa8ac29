// Over 300 lines: where parts are, what they hold, and every change of either settle on one state.
import { clusterBounds } from '../../domain/bounds.ts';
import type { Clock } from '../../domain/clock.ts';
import type { Log } from '../../domain/log.ts';
import type { MatchingNodes, PartAnswer, PartState } from '../../domain/matching.ts';
import type { Watchlist } from '../../domain/watchlist.ts';
import { othersFirst } from '../in-turns.ts';
import type { WatchlistChange } from '../watchlists/watchlist-change.ts';
import type { GallerySource } from './gallery-lists.ts';
import { chunksOf, heldPerson, partOf } from './part-chunks.ts';
import { placeParts } from './place-parts.ts';

/** A part at a node. */
export interface PartCopy {
  /** Names it at the node; never given twice. */
  readonly number: number;
  readonly node: string;
  readonly session: string;
  /** Changes that were sent. */
  revision: number;
  /** What the node last said of it. */
  state: PartState | null;
}

/** People of a list whose ids fall together. */
export interface KeptPart {
  readonly at: number;
  readonly list: KeptList;
  /** What is searched; null while no node has all of it. */
  copy: PartCopy | null;
  /** Being filled, to take its place. */
  next: PartCopy | null;
  /** Somebody else has changed the list: it is read again. */
  stale: boolean;
  /** Where it is to be; null where it is. */
  wanted: string | null;
  /** Monotonic milliseconds since when no node has all of it. */
  missingSince: number;
}

export interface KeptList {
  list: Watchlist;
  readonly parts: readonly KeptPart[];
  isGone: boolean;
}

export interface PartKeeperOptions {
  readonly source: GallerySource & {
    /** People on a list. */
    countPeople(watchlistId: string): number;
  };
  readonly nodes: MatchingNodes;
  /** Parts that each list is cut into. */
  readonly parts: number;
  /** Of cosines with poor views. */
  readonly poorViewScale: number | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** What is held has changed. */
  readonly onChanged: () => void;
}

/** After a list could not be read or handed over, milliseconds. */
const pause = 1_000;
/** A node that misses so many looks in a row has lost its parts. */
const mostMissed = 2;

/**
 * Has nodes hold the parts of all lists, true to the source: hands out, moves, fills again what a
 * node has lost, and passes each change on in order.
 */
export class PartKeeper implements Disposable {
  readonly #options: PartKeeperOptions;
  readonly #lists = new Map<string, KeptList>();
  readonly #missed = new Map<string, number>();
  readonly #checking = new Set<string>();
  readonly #waiting = new Set<() => void>();
  readonly #stop: () => void;
  #cancel: () => void = () => undefined;
  #version: string;
  #last = 0;
  #isFilling = false;
  #restsUntil = 0;
  #closed = false;

  constructor(options: PartKeeperOptions) {
    this.#options = options;
    const { source } = options;
    this.#version = source.externalVersion();
    for (const list of source.list()) this.#add(list);
    this.#stop = source.onChange((change) => this.#apply(change));
    this.#lookLater();
  }

  /** In the order of the source. */
  lists(): readonly KeptList[] {
    return [...this.#lists.values()];
  }

  find(watchlistId: string): KeptList | undefined {
    return this.#lists.get(watchlistId);
  }

  /** Reads everything again if another process may have changed it; searches go by what was there. */
  refresh(): boolean {
    const { source } = this.#options;
    const version = source.externalVersion();
    if (version === this.#version) return false;
    this.#version = version;
    const lists = source.list();
    const ids = new Set(lists.map(({ id }) => id));
    for (const id of [...this.#lists.keys()]) if (!ids.has(id)) this.#remove(id);
    for (const list of lists) {
      const known = this.#lists.get(list.id);
      if (known === undefined) this.#add(list);
      else {
        known.list = list;
        for (const part of known.parts) part.stale = true;
      }
    }
    this.#place();
    return true;
  }

  /** Resolves when something is held that was not, or after so long, milliseconds. */
  changed(withinMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const done = () => {
      this.#waiting.delete(done);
      cancel();
      resolve();
    };
    const cancel = this.#options.clock.after(withinMs, done);
    this.#waiting.add(done);
    return promise;
  }

  /** A node does not have what it should. */
  lose(copy: PartCopy): void {
    for (const { parts } of this.#lists.values()) {
      for (const part of parts) {
        if (part.next === copy) part.next = null;
        if (part.copy !== copy) continue;
        part.copy = null;
        part.missingSince = this.#options.clock.monotonic();
        const { node } = copy;
        this.#options.log.warn(
          { node, watchlistId: part.list.list.id },
          'A node no longer has its part of a list; it is handed out again',
        );
      }
    }
  }

  /** Stops handing out. Idempotent. */
  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stop();
    this.#cancel();
    for (const wake of [...this.#waiting]) wake();
  }

  #lookLater(): void {
    if (this.#closed) return;
    this.#cancel = this.#options.clock.after(clusterBounds.matching.checkMs, () => {
      this.#look();
      this.#lookLater();
    });
  }

  #look(): void {
    const nodes = this.#options.nodes.list();
    for (const part of this.#parts()) {
      for (const copy of [part.copy, part.next]) {
        if (copy === null) continue;
        const isThere = nodes.some(
          ({ node, session }) => node === copy.node && session === copy.session,
        );
        if (!isThere) this.lose(copy);
      }
    }
    for (const node of nodes) void this.#check(node);
    this.#place();
  }

  /** Holds what a node has against what it should have. */
  async #check(to: { readonly node: string; readonly session: string }): Promise<void> {
    if (this.#checking.has(to.node)) return;
    this.#checking.add(to.node);
    const before = this.#copiesAt(to.node);
    try {
      const answer = await this.#options.nodes.ask(to, { kind: 'state' });
      this.#missed.delete(to.node);
      if (answer.kind !== 'held') return;
      const held = new Set(answer.parts.map(({ part }) => part));
      for (const copy of before) if (!held.has(copy.number)) this.lose(copy);
      const ours = new Set(this.#copiesAt(to.node).map(({ number }) => number));
      const others = [...held].filter((number) => !ours.has(number));
      if (others.length > 0) await this.#options.nodes.ask(to, { kind: 'drop', parts: others });
    } catch {
      const missed = (this.#missed.get(to.node) ?? 0) + 1;
      this.#missed.set(to.node, missed);
      if (missed >= mostMissed) for (const copy of this.#copiesAt(to.node)) this.lose(copy);
    } finally {
      this.#checking.delete(to.node);
    }
  }

  #copiesAt(node: string): PartCopy[] {
    return [...this.#parts()].flatMap(({ copy, next }) =>
      [copy, next].filter((each): each is PartCopy => each?.node === node),
    );
  }

  *#parts(): Generator<KeptPart> {
    for (const { parts } of this.#lists.values()) yield* parts;
  }

  /** Decides where each part is to be. */
  #place(): void {
    const takers = this.#options.nodes.list().filter(({ takes }) => takes);
    const parts = [...this.#parts()];
    const current = new Map<string, string>();
    for (const part of parts) {
      const node = (part.next ?? part.copy)?.node;
      if (node !== undefined) current.set(keyOf(part), node);
    }
    const placed = placeParts(
      parts.map((part) => ({ key: keyOf(part), size: this.#sizeOf(part) })),
      takers.map(({ node }) => node),
      current,
    );
    for (const part of parts) {
      const node = placed.get(keyOf(part)) ?? null;
      const isThere = node === (part.next ?? part.copy)?.node && !part.stale;
      part.wanted = isThere ? null : node;
    }
    void this.#fillAll();
  }

  /** People; of a part that is not held, as the store has them. */
  #sizeOf({ copy, list: { list, parts } }: KeptPart): number {
    if (copy?.state) return copy.state.people;
    return Math.ceil(this.#options.source.countPeople(list.id) / parts.length);
  }

  /** Fills what is to be somewhere else, list by list, the smallest first. */
  async #fillAll(): Promise<void> {
    if (this.#isFilling) return;
    this.#isFilling = true;
    const { clock, log } = this.#options;
    try {
      for (;;) {
        if (this.#closed || clock.monotonic() < this.#restsUntil) return;
        const lists = this.lists()
          .filter(({ parts }) => parts.some(({ wanted }) => wanted))
          .map((list) => ({ list, people: this.#options.source.countPeople(list.list.id) }));
        const [smallest] = lists.toSorted((a, b) => a.people - b.people);
        if (smallest === undefined) return;
        await this.#fill(smallest.list);
      }
    } catch (error) {
      this.#restsUntil = clock.monotonic() + pause;
      log.error({ err: error }, 'A list cannot be handed to matching nodes; trying again');
    } finally {
      this.#isFilling = false;
    }
  }

  async #fill(list: KeptList): Promise<void> {
    const { source } = this.#options;
    const filled = list.parts.flatMap((part) => {
      const node = this.#options.nodes.list().find(({ node }) => node === part.wanted);
      part.wanted = null;
      if (node === undefined) return [];
      part.stale = false;
      this.#last += 1;
      const copy = { number: this.#last, ...node, revision: 0, state: null };
      if (part.next !== null) this.#drop(part.next);
      part.next = copy;
      return [{ part, copy }];
    });
    const going = () => filled.filter(({ part, copy }) => part.next === copy);
    try {
      await Promise.all(filled.map(({ copy }) => this.#begin(copy)));
      for (let after = 0; going().length > 0 && !list.isGone && !this.#closed; ) {
        await othersFirst();
        // Read and sent in one turn: a change cannot come between and be undone by an older state.
        const page = source.enrolled(list.list.id, after, clusterBounds.matching.people);
        const people = page.map((each) => heldPerson(each, this.#options.poorViewScale));
        const sent = going().flatMap(({ part, copy }) => {
          const own = people.filter(({ personId }) => this.#isIn(part, personId));
          return [...chunksOf(own)].map((chunk) =>
            this.#send(copy, { kind: 'put', people: chunk }),
          );
        });
        await Promise.all(sent);
        const last = page.at(-1);
        if (last === undefined || page.length < clusterBounds.matching.people) break;
        after = last.place;
      }
    } catch (error) {
      for (const { part, copy } of going()) {
        part.next = null;
        this.#drop(copy);
      }
      throw error;
    }
    for (const { part, copy } of going()) {
      const before = part.copy;
      part.copy = copy;
      part.next = null;
      if (before !== null) this.#drop(before);
    }
    if (filled.some(({ part, copy }) => part.copy !== copy)) {
      this.#restsUntil = this.#options.clock.monotonic() + pause;
    }
    this.#tell();
  }

  #isIn({ at, list }: KeptPart, personId: string): boolean {
    return partOf(personId, list.parts.length) === at;
  }

  async #begin(copy: PartCopy): Promise<void> {
    await this.#asked(copy, this.#ask(copy, { kind: 'begin', part: copy.number }), 0);
  }

  /** Passes a change on. What is not confirmed is lost, and the part is filled again. */
  async #send(
    copy: PartCopy,
    change:
      | { readonly kind: 'put'; readonly people: Parameters<typeof chunksOf>[0] }
      | { readonly kind: 'remove'; readonly personId: string },
  ): Promise<void> {
    copy.revision += 1;
    const { number: part, revision } = copy;
    await this.#asked(copy, this.#ask(copy, { ...change, part, revision }), revision);
  }

  async #asked(copy: PartCopy, asking: Promise<PartAnswer>, revision: number): Promise<void> {
    const answer = await asking.catch(() => undefined);
    const state = answer?.kind === 'held' ? answer.parts[0] : undefined;
    if (state?.part !== copy.number || state.revision !== revision) return this.lose(copy);
    if (copy.state === null || state.revision > copy.state.revision) copy.state = state;
  }

  #ask(copy: PartCopy, request: Parameters<MatchingNodes['ask']>[1]): Promise<PartAnswer> {
    return this.#options.nodes.ask(copy, request);
  }

  #drop(copy: PartCopy): void {
    // Without an answer the next look says it again.
    this.#ask(copy, { kind: 'drop', parts: [copy.number] }).catch(() => undefined);
  }

  #add(list: Watchlist): KeptList {
    const parts: KeptPart[] = [];
    const kept: KeptList = { list, parts, isGone: false };
    const missingSince = this.#options.clock.monotonic();
    const nothing = { copy: null, next: null, stale: false, wanted: null, missingSince };
    for (let at = 0; at < this.#options.parts; at += 1) parts.push({ ...nothing, at, list: kept });
    this.#lists.set(list.id, kept);
    return kept;
  }

  #remove(watchlistId: string): void {
    const kept = this.#lists.get(watchlistId);
    this.#lists.delete(watchlistId);
    if (kept === undefined) return;
    kept.isGone = true;
    for (const { copy, next } of kept.parts) {
      if (copy !== null) this.#drop(copy);
      if (next !== null) this.#drop(next);
    }
  }

  #apply(change: WatchlistChange): void {
    const { source } = this.#options;
    const kept = this.#lists.get(change.watchlistId);
    const list = source.find(change.watchlistId);
    if (list === undefined) this.#remove(change.watchlistId);
    else if (kept === undefined) {
      this.#add(list);
      this.#place();
    } else if (change.kind === 'list') kept.list = list;
    else void this.#changePerson(kept, change.personId);
  }

  async #changePerson(kept: KeptList, personId: string): Promise<void> {
    const { poorViewScale, source } = this.#options;
    const person = source.findPerson(personId);
    const chunks =
      person === undefined
        ? []
        : [
            ...chunksOf([
              heldPerson(
                {
                  person,
                  templates: source.templates(personId),
                  lookAlikes: source.lookAlikes.ofPeople([personId]),
                },
                poorViewScale,
              ),
            ]),
          ];
    const copies = kept.parts
      .filter((part) => this.#isIn(part, personId))
      .flatMap(({ copy, next }) => [copy, next])
      .filter((copy) => copy !== null);
    await Promise.all(
      copies.flatMap((copy) =>
        person === undefined
          ? [this.#send(copy, { kind: 'remove', personId })]
          : chunks.map((people) => this.#send(copy, { kind: 'put', people })),
      ),
    );
    this.#tell();
  }

  #tell(): void {
    for (const wake of [...this.#waiting]) wake();
    if (!this.#closed) this.#options.onChanged();
  }
}

function keyOf({ at, list }: KeptPart): string {
  return `${list.list.id} ${at}`;
}
