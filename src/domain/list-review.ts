/** Whether a new or materially changed list waits for somebody else's review before it matches. */
export const listReviewPolicies = ['required', 'off'] as const;
export type ListReviewPolicy = (typeof listReviewPolicies)[number];

/** What of a list is reviewed: who may be looked for where, why, how and how long. */
export const reviewedFields = [
  'purpose',
  'legalBasis',
  'authorisation',
  'cameras',
  'uses',
  'fpir',
  'fixedThreshold',
  'expiresAt',
  'retentionDays',
  'twoPersonReview',
  'sites',
] as const;
export type ReviewedField = (typeof reviewedFields)[number];
/** These fields of a list, as `Watchlist` describes them. */
export interface ReviewedGrounds {
  readonly purpose: string;
  readonly legalBasis: string;
  readonly authorisation: string;
  readonly cameras: '*' | readonly string[];
  readonly uses: readonly string[];
  readonly fpir: number;
  readonly fixedThreshold: number | null;
  readonly expiresAt: number | null;
  readonly retentionDays: number;
  readonly twoPersonReview: boolean;
  /** Sites to which a control room sends it; absent: none. */
  readonly sites?: readonly string[];
}

/**
 * As whom a list was put in force: somebody else than its authors, the only person who could, or
 * an author other than the last one where nobody else is left.
 */
export const confirmations = ['other', 'alone', 'co-author'] as const;
export type Confirmation = (typeof confirmations)[number];

/** Who put a list in force. */
export interface ListConfirmation {
  readonly by: string;
  /** Wall milliseconds. */
  readonly at: number;
  readonly as: Confirmation;
  /** Empty for none. */
  readonly note: string;
}

/** Whether a list waits for its review, and who did what about it. */
export interface ListReview {
  /** Counts material changes from 1; 0 for a list that was there before there were reviews. */
  readonly revision: number;
  /** Who changed it since it was in force last, the last one at the end; empty while it is. */
  readonly authors: readonly string[];
  /** Wall milliseconds since when it waits; null while it is in force. */
  readonly since: number | null;
  /** As it was in force last; null for a new list, and while it is in force. */
  readonly before: ReviewedGrounds | null;
  /** The last one; null where none was needed yet. */
  readonly confirmed: ListConfirmation | null;
}

/** One field that differs from what was in force. */
export interface ListChange {
  readonly field: ReviewedField;
  /** Null for a new list. */
  readonly before: unknown;
  readonly after: unknown;
}

/** True while the list matches nobody because somebody else has to look at it first. */
export function awaitsReview({ review }: { readonly review: ListReview }): boolean {
  return review.authors.length > 0;
}

/** What a reviewer has to look at: all of a new list, what differs of a changed one. */
export function listChanges(before: ReviewedGrounds | null, after: ReviewedGrounds): ListChange[] {
  return reviewedFields.flatMap((field) => {
    const [old, now] = [before === null ? null : groundOf(before, field), groundOf(after, field)];
    const isSame = before !== null && JSON.stringify(old) === JSON.stringify(now);
    // Of a new list that goes to no site there is nothing to look at.
    const isNothing = field === 'sites' && before === null && !after.sites?.length;
    return isSame || isNothing ? [] : [{ field, before: old, after: now }];
  });
}

/** Just what is reviewed. */
export function groundsToReview(list: ReviewedGrounds): ReviewedGrounds {
  return Object.fromEntries(
    reviewedFields.map((field) => [field, groundOf(list, field)]),
  ) as unknown as ReviewedGrounds;
}

/** The review of a new list. @param by name of who made it @param now wall milliseconds */
export function reviewOfNew(policy: ListReviewPolicy, by: string, now: number): ListReview {
  const waits = policy === 'required';
  return {
    revision: 1,
    authors: waits ? [by] : [],
    since: waits ? now : null,
    before: null,
    confirmed: null,
  };
}

/**
 * The review of a list after a change. An end that comes earlier and sites fewer than before need
 * none, and one that is what was in force last is in force again.
 */
export function reviewOfChanged(
  policy: ListReviewPolicy,
  present: ReviewedGrounds & { readonly review: ListReview },
  next: ReviewedGrounds,
  by: string,
  now: number,
): ListReview {
  const { review } = present;
  const changes = listChanges(present, next);
  const harmless = ({ field }: ListChange) =>
    (field === 'expiresAt' && endsEarlier(present, next)) ||
    (field === 'sites' && (next.sites ?? []).every((site) => present.sites?.includes(site)));
  if (changes.length === 0) return review;
  if (review.authors.length === 0 && changes.every(harmless)) return review;
  const revision = review.revision + 1;
  const before = review.authors.length > 0 ? review.before : groundsToReview(present);
  if (policy === 'off' || (before !== null && listChanges(before, next).length === 0)) {
    return { ...review, revision, authors: [], since: null, before: null };
  }
  const authors = [...review.authors.filter((author) => author !== by), by];
  return { ...review, revision, authors, since: review.since ?? now, before };
}

/**
 * As whom somebody may put the list in force.
 * @param reviewers names of all who could, whoever asks included or not
 * @param isSamePerson whether two names may stand for one person
 * @returns undefined where somebody else has to
 */
export function confirmationOf(
  { authors }: Pick<ListReview, 'authors'>,
  by: string,
  reviewers: readonly string[],
  isSamePerson: (a: string, b: string) => boolean = (a, b) => a === b,
): Confirmation | undefined {
  const isAuthor = (name: string) => authors.some((author) => isSamePerson(author, name));
  if (!isAuthor(by)) return 'other';
  const others = reviewers.filter((name) => !isSamePerson(name, by));
  if (others.length === 0) return 'alone';
  if (others.some((name) => !isAuthor(name))) return undefined;
  return isSamePerson(authors.at(-1) ?? '', by) ? undefined : 'co-author';
}

function endsEarlier(present: ReviewedGrounds, next: ReviewedGrounds): boolean {
  const end = ({ expiresAt }: ReviewedGrounds) => expiresAt ?? Number.POSITIVE_INFINITY;
  return end(next) < end(present);
}

function groundOf(of: ReviewedGrounds, field: ReviewedField): unknown {
  return field === 'sites' ? (of.sites ?? []) : of[field];
}

/**
 * Whether a site must do without a list that names it until somebody else has looked at that: a new
 * list, and a site that was added.
 */
export function isWithheldFrom(site: string, list: { readonly review: ListReview }): boolean {
  if (!awaitsReview(list)) return false;
  const { before } = list.review;
  if (before === null) return true;
  // Kept by a version for which sites needed no review.
  return before.sites !== undefined && !before.sites.includes(site);
}
