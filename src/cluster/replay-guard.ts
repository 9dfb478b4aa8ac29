import { LRUCache } from 'lru-cache';
import { clusterBounds } from '../domain/bounds.ts';
import type { Seal } from './envelope.ts';

interface Known {
  highest: number;
  /** By sequence number of the seal: where it stands in the stream. */
  readonly places: LRUCache<number, number>;
}

/**
 * Tells a message that the server gives out again, which is the same place of the stream, from one
 * that somebody put into the stream again.
 */
export class ReplayGuard {
  readonly #sessions = new LRUCache<string, Known>({ max: clusterBounds.sessions });

  /** @param place number of the message in the stream */
  admits({ node, session, sequence }: Seal, place: number): boolean {
    const key = `${node} ${session}`;
    const known = this.#sessions.get(key) ?? {
      highest: 0,
      places: new LRUCache<number, number>({ max: clusterBounds.replayWindow }),
    };
    this.#sessions.set(key, known);
    const before = known.places.get(sequence);
    if (before !== undefined) return before === place;
    if (sequence <= known.highest - clusterBounds.replayWindow) return false;
    known.places.set(sequence, place);
    known.highest = Math.max(known.highest, sequence);
    return true;
  }
}

/** Of what has one present state a key: an older one that comes again is refused. */
export class NewestOnly {
  readonly #newest = new LRUCache<string, Seal>({ max: 4_096 });

  admits(key: string, seal: Seal): boolean {
    const before = this.#newest.get(key);
    if (before !== undefined) {
      if (seal.session < before.session) return false;
      if (seal.session === before.session && seal.sequence < before.sequence) return false;
    }
    this.#newest.set(key, seal);
    return true;
  }
}
