import type { Watchlist } from '../domain/watchlist.ts';
import type { GalleryListStats } from '../services/search/gallery.ts';

/** What is matched now: lists in force and the cameras that run and are armed. */
export interface MatchingState {
  readonly lists: readonly (GalleryListStats & {
    readonly list: Watchlist;
    readonly armed: boolean;
  })[];
  readonly cameras: readonly string[];
  /** The embedding model in use: templates of another match nothing. */
  readonly model: string;
}

interface Entry {
  readonly who: string;
  readonly what: 'matching.started' | 'matching.ended';
  readonly target: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

interface Running {
  /** Equal texts mean that nothing has changed. */
  readonly key: string;
  readonly cameras: readonly string[];
  readonly expiresAt: number | null;
}

/**
 * Records in the audit log when matching with a list begins and ends: on which
 * cameras, for what purpose, by whose authorisation. A list matches while it is
 * in force and armed, may be used live, has templates of the model in use and names a camera that
 * runs and is armed;
 * when its cameras or its grounds change, one matching ends and another begins.
 */
export class MatchingRecord {
  readonly #append: (entry: Entry) => void;
  readonly #now: () => number;
  readonly #running = new Map<string, Running>();

  constructor(options: { append: (entry: Entry) => void; now: () => number }) {
    this.#append = options.append;
    this.#now = options.now;
  }

  /** Compares with what was matched before. Call it after each change, and regularly. */
  update({ lists, cameras, model }: MatchingState): void {
    const seen = new Set<string>();
    const disarmed = new Set<string>();
    for (const { list, inForce, templates, people, armed } of lists) {
      if (!armed) disarmed.add(list.id);
      const on =
        list.cameras === '*' ? [...cameras] : cameras.filter((id) => list.cameras.includes(id));
      const isUsed = list.uses.includes('live');
      if (!armed || !inForce || !isUsed || on.length === 0 || !templates[model]) continue;
      seen.add(list.id);
      const { purpose, legalBasis, authorisation, fpir, fixedThreshold } = list;
      const grounds = { purpose, legalBasis, authorisation, fpir, fixedThreshold };
      const key = JSON.stringify([on.toSorted(), grounds, model]);
      const running = this.#running.get(list.id);
      if (running?.key === key) continue;
      if (running !== undefined) this.#end(list.id, running, 'changed');
      this.#running.set(list.id, { key, cameras: on, expiresAt: list.expiresAt });
      const detail = { name: list.name, cameras: on, ...grounds, model, people };
      this.#append({ who: 'system', what: 'matching.started', target: list.id, detail });
    }
    for (const [id, running] of this.#running) {
      if (seen.has(id)) continue;
      const expired = running.expiresAt !== null && running.expiresAt <= this.#now();
      const why = disarmed.has(id) ? 'disarmed' : 'nothing to match';
      this.#end(id, running, expired ? 'expired' : why);
    }
  }

  /** The program stops: so does all matching. Idempotent. */
  close(): void {
    for (const [id, running] of this.#running) this.#end(id, running, 'stopped');
  }

  #end(id: string, { cameras }: Running, why: string): void {
    this.#running.delete(id);
    this.#append({ who: 'system', what: 'matching.ended', target: id, detail: { why, cameras } });
  }
}
