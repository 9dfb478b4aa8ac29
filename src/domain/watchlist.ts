import type { Landmarks } from './geometry/landmarks.ts';
import { awaitsReview, type ListReview } from './list-review.ts';

/** What a list may be used for: matching at live cameras, searches of recorded footage. */
export const watchlistUses = ['live', 'footage'] as const;
export type WatchlistUse = (typeof watchlistUses)[number];

/** Uses of a list that names none: recorded footage is searched only where a list says so. */
export const defaultUses: readonly WatchlistUse[] = ['live'];

/** How a control room orders the alerts of a list: urgent ones stand on top. */
export const watchlistPriorities = ['urgent', 'normal', 'low'] as const;
export type WatchlistPriority = (typeof watchlistPriorities)[number];

/** What is heard at a new alert of a list, where the visitor has sound switched on. */
export const watchlistSounds = ['alarm', 'tone', 'none'] as const;
export type WatchlistSound = (typeof watchlistSounds)[number];

/** A list of people that may be looked for: where, why, on whose authority and until when. */
export interface Watchlist {
  readonly id: string;
  /** Unique. */
  readonly name: string;
  readonly purpose: string;
  readonly legalBasis: string;
  /** Reference of the authorisation, e.g. a file number. */
  readonly authorisation: string;
  /** Who answers for the list. */
  readonly owner: string;
  /** The cameras that it may run on, or `'*'` for all. */
  readonly cameras: '*' | readonly string[];
  /** In the order of {@link watchlistUses}, at least one. */
  readonly uses: readonly WatchlistUse[];
  /** Tolerated false positive identification rate of a search, above 0, below 1. */
  readonly fpir: number;
  /** Cosine from which on it reports, instead of the one that follows from `fpir`; null normally. */
  readonly fixedThreshold: number | null;
  /** Wall milliseconds from which on it no longer matches and is purged; null never. */
  readonly expiresAt: number | null;
  /** Days that its alerts are kept. */
  readonly retentionDays: number;
  /** Two people have to come to the same verdict on an alert, and to want a search of footage. */
  readonly twoPersonReview: boolean;
  readonly priority: WatchlistPriority;
  readonly sound: WatchlistSound;
  readonly review: ListReview;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/**
 * False positive identification rate of a list that states none: one search in a thousand of people
 * not listed may raise an alert. A busy camera brings a thousand searches in an hour or two.
 */
export const defaultFpir = 0.001;

/** What a person says about a list; the rest has defaults. */
export interface WatchlistInput {
  readonly name: string;
  readonly purpose: string;
  readonly legalBasis: string;
  readonly authorisation: string;
  readonly owner: string;
  readonly cameras: '*' | readonly string[];
  /** Default {@link defaultUses}. */
  readonly uses?: readonly WatchlistUse[];
  /** Default {@link defaultFpir}. */
  readonly fpir?: number;
  readonly fixedThreshold?: number | null;
  readonly expiresAt?: number | null;
  /** Default 30. */
  readonly retentionDays?: number;
  readonly twoPersonReview?: boolean;
  /** Default `normal`. */
  readonly priority?: WatchlistPriority;
  /** Default `tone`. */
  readonly sound?: WatchlistSound;
}

export interface Person {
  readonly id: string;
  readonly watchlistId: string;
  readonly name: string;
  readonly note: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Why a person should look at an enrolled image again. */
export type TemplateFlag = 'possible-duplicate' | 'outlier' | 'several-faces' | 'face-covered';

/** An embedding that leans towards what a poor camera would show of the enrolled face. */
export interface PoorView {
  /** L2-normalised. */
  readonly embedding: Float32Array;
  /** Names how it was made: those of another recipe are made again. */
  readonly recipe: string;
}

/** One enrolled image. */
export interface Template {
  readonly id: string;
  readonly personId: string;
  /** Name of the embedding model. */
  readonly model: string;
  /** L2-normalised. */
  readonly embedding: Float32Array;
  /** What stands in its place for probes with few pixels between the eyes; null where there is none. */
  readonly poorView: PoorView | null;
  /** Unified quality, 0..100. */
  readonly quality: number;
  /** SHA-256, hex, of the image as it was handed in. */
  readonly sourceSha256: string;
  readonly flags: readonly TemplateFlag[];
  /** In the pixels of the stored picture. */
  readonly landmarks: Landmarks;
  readonly createdAt: number;
}

/** True while the list may match: it has not expired, and nobody has to look at it first. */
export function inForce(watchlist: Watchlist, now: number): boolean {
  return !hasExpired(watchlist, now) && !awaitsReview(watchlist);
}

/** True once the list has ended: it takes nobody in and will be deleted. */
export function hasExpired({ expiresAt }: Pick<Watchlist, 'expiresAt'>, now: number): boolean {
  return expiresAt !== null && expiresAt <= now;
}
