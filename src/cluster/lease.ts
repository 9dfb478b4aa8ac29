import type { Moment } from '../domain/cluster.ts';

export interface LeaseTimes {
  /** After which the server forgets a lease that is not renewed, milliseconds. */
  readonly ttl: number;
  /** So long before that its holder has stopped, milliseconds. */
  readonly margin: number;
  readonly renewEvery: number;
}

/**
 * The times of a lease. Its holder stops two fifths before the server forgets it (2 s of 5 s): room
 * for a last request to the camera, a busy event loop and clocks that differ in speed. Two renewals
 * may be lost on the way.
 * @param ttl milliseconds, as the server has it
 */
export function leaseTimes(ttl: number): LeaseTimes {
  return { ttl, margin: ttl * 0.4, renewEvery: ttl / 7 };
}

/** What is to be done. Its outcome is told by the method of its name. */
export type LeaseOrder =
  | { readonly do: 'create' }
  | { readonly do: 'renew'; readonly revision: number }
  | { readonly do: 'start' }
  | { readonly do: 'stop'; readonly why: StopReason }
  | { readonly do: 'delete'; readonly revision: number };

/** `expired`: it could not be renewed in time; `taken`: it is another's; `handed`: it was given up. */
export type StopReason = 'expired' | 'taken' | 'handed';

type Phase =
  | { readonly name: 'idle' }
  | { readonly name: 'claiming'; readonly sent: Moment }
  | { readonly name: 'held' }
  | { readonly name: 'stopping'; readonly why: StopReason }
  | { readonly name: 'deleting' };

/**
 * The lease of one camera, as the node that wants it sees it. Knows no timer and no network.
 *
 * A lease is counted from when its renewal was sent, so it never ends later here than at the
 * server; elapsed time is the larger of what both clocks say, so that neither a jump of the wall
 * clock nor a machine that slept makes it longer.
 */
export class Lease {
  readonly #times: LeaseTimes;
  #phase: Phase = { name: 'idle' };
  #revision = 0;
  #renewed: Moment = { monotonic: 0, wall: 0 };
  #sent: Moment = { monotonic: 0, wall: 0 };
  /** The first renewal that has not been answered: the server may have taken it. */
  #unanswered: Moment | null = null;

  constructor(times: LeaseTimes) {
    this.#times = times;
  }

  get phase(): Phase['name'] {
    return this.#phase.name;
  }

  /** Whether its holder may pull. */
  get held(): boolean {
    return this.#phase.name === 'held';
  }

  claim(now: Moment): LeaseOrder[] {
    if (this.#phase.name !== 'idle') return [];
    this.#phase = { name: 'claiming', sent: now };
    return [{ do: 'create' }];
  }

  /** @param revision null: it is another's, or nobody knows */
  created(revision: number | null, now: Moment): LeaseOrder[] {
    if (this.#phase.name !== 'claiming') {
      return revision === null ? [] : [{ do: 'delete', revision }];
    }
    const { sent } = this.#phase;
    if (revision === null) {
      this.#phase = { name: 'idle' };
      return [];
    }
    this.#revision = revision;
    if (this.#hasEnded(sent, now)) {
      this.#phase = { name: 'deleting' };
      return [{ do: 'delete', revision }];
    }
    this.#phase = { name: 'held' };
    this.#renewed = sent;
    this.#sent = sent;
    this.#unanswered = null;
    return [{ do: 'start' }];
  }

  tick(now: Moment): LeaseOrder[] {
    if (this.#phase.name !== 'held') return [];
    if (this.#hasEnded(this.#renewed, now)) return this.#stop('expired');
    if (elapsed(this.#sent, now) < this.#times.renewEvery) return [];
    this.#sent = now;
    this.#unanswered ??= now;
    return [{ do: 'renew', revision: this.#revision }];
  }

  /**
   * The server took a renewal.
   * @param sent when it was sent; null: one of those that were not answered, the first counts
   */
  renewed(revision: number, sent: Moment | null): void {
    if (revision <= this.#revision) return;
    const from = sent ?? this.#unanswered;
    this.#revision = revision;
    if (from !== null && this.#phase.name === 'held') this.#renewed = later(this.#renewed, from);
    this.#unanswered = null;
  }

  /** The server has it as another's. */
  lost(): LeaseOrder[] {
    return this.#phase.name === 'held' ? this.#stop('taken') : [];
  }

  /** Gives it up. */
  release(): LeaseOrder[] {
    return this.#phase.name === 'held' ? this.#stop('handed') : [];
  }

  /** Pulling has ended. */
  stopped(): LeaseOrder[] {
    if (this.#phase.name !== 'stopping') return [];
    if (this.#phase.why === 'taken') {
      this.#phase = { name: 'idle' };
      return [];
    }
    // Where it expired another may have it by now: the revision keeps that one's from harm.
    this.#phase = { name: 'deleting' };
    return [{ do: 'delete', revision: this.#revision }];
  }

  /** It was deleted, or could not be: then it ends by itself. */
  deleted(): void {
    if (this.#phase.name === 'deleting') this.#phase = { name: 'idle' };
  }

  #stop(why: StopReason): LeaseOrder[] {
    this.#phase = { name: 'stopping', why };
    return [{ do: 'stop', why }];
  }

  #hasEnded(from: Moment, now: Moment): boolean {
    return elapsed(from, now) >= this.#times.ttl - this.#times.margin;
  }
}

/** Milliseconds, by the clock that says more. */
function elapsed(from: Moment, now: Moment): number {
  return Math.max(now.monotonic - from.monotonic, now.wall - from.wall);
}

function later(a: Moment, b: Moment): Moment {
  return b.monotonic >= a.monotonic ? b : a;
}
