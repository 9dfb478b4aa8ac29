import type { NoticeKind } from './notice.ts';

/** A notice on its way to one receiver. */
export interface Delivery {
  /** Grows with each notice: the order in which a receiver gets them. */
  readonly number: number;
  readonly receiverId: string;
  readonly kind: NoticeKind;
  /** The alert, and which of its events; null for what no alert says. */
  readonly alertId: string | null;
  readonly event: number | null;
  /** JSON of what no alert says. */
  readonly body: string | null;
  /** What it takes of the database, roughly. */
  readonly bytes: number;
  /** Wall times, milliseconds. */
  readonly createdAt: number;
  readonly attempts: number;
  readonly nextAt: number;
  /** When it was given up; null while it waits. */
  readonly deadAt: number | null;
  /** Why the last attempt failed, or why it was given up; empty before the first. */
  readonly reason: string;
}

/** Why a delivery was given up; it stays as a dead letter that can be sent again. */
export const deadReasons = ['refused', 'too_old', 'overflow'] as const;
export type DeadReason = (typeof deadReasons)[number];

/** Why a delivery is gone that nobody got. */
export const lostReasons = [
  'alert_deleted',
  'dead_overflow',
  'dead_too_old',
  'receiver_removed',
  'not_allowed',
] as const;
export type LostReason = (typeof lostReasons)[number];

/** What became of an attempt. */
export type Attempt =
  | { readonly taken: true }
  | {
      readonly taken: false;
      /** For people; never a secret, never an address beyond its host. */
      readonly reason: string;
      /** This very message will never be taken. */
      readonly refused: boolean;
      /** When the receiver wants to be asked again, milliseconds from now. */
      readonly retryAfterMs?: number;
    };

/** How often one that failed is tried again, milliseconds. */
export interface BackOff {
  readonly firstMs: number;
  readonly mostMs: number;
}

/**
 * The wait after so many failed attempts: doubles up to its longest, and is spread by a fifth so
 * that receivers that came back are not asked by all at once.
 * @param random 0..1
 */
export function waitAfter(attempts: number, { firstMs, mostMs }: BackOff, random: number): number {
  const wait = Math.min(mostMs, firstMs * 2 ** Math.min(attempts - 1, 30));
  return Math.round(wait * (0.8 + 0.4 * random));
}
