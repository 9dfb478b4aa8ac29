import type { ClusterDropReason, NodeDrops } from '../domain/cluster.ts';

/** A drop is spoken of for so long, milliseconds. */
const spokenOf = 60_000;

/**
 * Why a node dropped something lately. It tells how much it ever dropped, so that only a rise says
 * that it still does.
 */
export class RisingDrops {
  #totals: ReadonlyMap<ClusterDropReason, number> | null = null;
  readonly #roseAt = new Map<ClusterDropReason, number>();

  /**
   * What the node says now. The first time nothing is known of when it was.
   * @param now monotonic milliseconds
   */
  heard(drops: readonly NodeDrops[], now: number): void {
    const totals = new Map<ClusterDropReason, number>();
    for (const { count, reason } of drops) totals.set(reason, (totals.get(reason) ?? 0) + count);
    for (const [reason, total] of totals) {
      if (this.#totals === null) break;
      const before = this.#totals.get(reason) ?? 0;
      // One that has started anew counts from nothing.
      if (total > (total < before ? 0 : before)) this.#roseAt.set(reason, now);
    }
    this.#totals = totals;
  }

  /** Reasons of the last minute. */
  lately(now: number): ClusterDropReason[] {
    return [...this.#roseAt].flatMap(([reason, at]) => (now - at < spokenOf ? [reason] : []));
  }
}
