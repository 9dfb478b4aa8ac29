import type { Awaitable } from './awaitable.ts';

export interface WatchlistInput {
  readonly name: string;
  readonly purpose: string;
  readonly legalBasis: string;
  /** Reference of the authorisation, e.g. a file number. */
  readonly authorisation: string;
  readonly owner: string;
  /** Cameras on which it may run, `'*'` for all. */
  readonly cameras: '*' | readonly string[];
  /** False positive identification rate to hold, above 0, below 1. */
  readonly fpir?: number;
  /** Cosine to use instead of what follows from `fpir`; null normally. */
  readonly fixedThreshold?: number | null;
  /** Wall milliseconds; matching stops then. Null never. */
  readonly expiresAt?: number | null;
  /** Days that its alerts are kept. */
  readonly retentionDays?: number;
  /** True when a second reviewer must agree. */
  readonly twoPersonReview?: boolean;
}

export interface WatchlistView extends Required<WatchlistInput> {
  readonly id: string;
  readonly people: number;
  /** False once it has expired: it matches nobody, takes nobody in and will be deleted. */
  readonly inForce: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface WatchlistsBackend {
  list(): Awaitable<readonly WatchlistView[]>;
  get(id: string): Awaitable<WatchlistView | undefined>;
  create(input: WatchlistInput): Awaitable<WatchlistView>;
  /** @throws NightglassError `NOT_FOUND` */
  update(id: string, changes: Partial<WatchlistInput>): Awaitable<WatchlistView>;
  /** Removes the list with its people. @throws NightglassError `NOT_FOUND` */
  remove(id: string): Awaitable<void>;
}
