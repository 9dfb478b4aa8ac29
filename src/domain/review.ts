import type { Alert, AlertState, Sighting } from './alert.ts';
import { NightglassError } from './errors.ts';

export const reviewActions = ['acknowledge', 'confirm', 'dismiss', 'escalate'] as const;
export type ReviewAction = (typeof reviewActions)[number];

/** What a reviewer did to an alert. */
export interface Review {
  readonly action: ReviewAction;
  /** Name of the reviewer's token. */
  readonly reviewer: string;
  /** Needed to dismiss. */
  readonly reason: string;
  /** Wall time, milliseconds. */
  readonly at: number;
  readonly stateAfter: AlertState;
}

export interface ReviewRequest {
  readonly action: ReviewAction;
  readonly reviewer: string;
  readonly reason?: string;
  /** Refused with `CONFLICT` when the alert has moved on since the reviewer saw it. */
  readonly expectedRevision?: number;
}

/** Where the verdict of an alert stands. */
export interface ReviewStatus {
  /** Equal verdicts needed: 2 where the watchlist asks for two people. */
  readonly needed: 1 | 2;
  /** Who has given a verdict, without saying which. */
  readonly voters: readonly string[];
  readonly decided: boolean;
}

const allowed: Readonly<Record<AlertState, readonly ReviewAction[]>> = {
  new: ['acknowledge', 'escalate'],
  acknowledged: ['confirm', 'dismiss', 'escalate'],
  escalated: ['confirm', 'dismiss'],
  confirmed: [],
  dismissed: [],
};

/**
 * The state that a review leads to: new → acknowledged → confirmed or
 * dismissed; escalated from before a verdict. Where two people are asked for,
 * a verdict counts when two of them gave the same one; the first leaves the
 * state as it is, two that differ escalate, and a third person settles it.
 * @param past earlier reviews of the alert, oldest first
 * @param isSamePerson whether two reviewers may be one person, though they have two names
 * @throws NightglassError `CONFLICT` for a step that the state does not allow, `BAD_REQUEST`
 */
export function nextState(
  state: AlertState,
  past: readonly Review[],
  request: ReviewRequest,
  twoPersonReview: boolean,
  isSamePerson: (a: string, b: string) => boolean = (a, b) => a === b,
): AlertState {
  const { action, reviewer } = request;
  const refuse = (why: string): never => {
    throw new NightglassError('CONFLICT', `Cannot ${action} the alert: ${why}`, {
      hint: 'Load the alert again to see where it stands.',
    });
  };
  if (reviewer.trim() === '') {
    throw new NightglassError(
      'BAD_REQUEST',
      `Cannot ${action} the alert: the reviewer has no name`,
    );
  }
  if (!allowed[state].includes(action)) {
    const next = allowed[state].join(', ') || 'nothing';
    refuse(`it is ${state}; from there: ${next}`);
  }
  if (action === 'dismiss' && (request.reason ?? '').trim() === '') {
    throw new NightglassError('BAD_REQUEST', 'Cannot dismiss the alert: a reason is needed');
  }
  if (action === 'acknowledge') return 'acknowledged';
  if (action === 'escalate') return 'escalated';
  if (!twoPersonReview) return verdictState(action);

  const votes = past.filter((review) => isVerdict(review.action));
  const own = votes.find((vote) => isSamePerson(vote.reviewer, reviewer));
  if (own !== undefined) {
    refuse(`${own.reviewer} has given a verdict already, another person is needed`);
  }
  if (votes.some((vote) => vote.action === action)) return verdictState(action);
  return votes.length === 0 ? state : 'escalated';
}

/** How far the verdict has come. */
export function reviewStatus(
  state: AlertState,
  reviews: readonly Review[],
  twoPersonReview: boolean,
): ReviewStatus {
  return {
    needed: twoPersonReview ? 2 : 1,
    voters: reviews.filter(({ action }) => isVerdict(action)).map(({ reviewer }) => reviewer),
    decided: state === 'confirmed' || state === 'dismissed',
  };
}

/**
 * The reviews that `viewer` may see: while a second verdict is awaited, the
 * first one is shown to nobody but its giver.
 */
export function visibleReviews(
  reviews: readonly Review[],
  status: ReviewStatus,
  viewer: string,
): Review[] {
  if (status.needed === 1 || status.decided) return [...reviews];
  return reviews.filter(({ action, reviewer }) => !isVerdict(action) || reviewer === viewer);
}

/**
 * True when `viewer` is to judge the pictures without the scores: where two people have to come to
 * the same verdict, everybody who has given none yet, for each may become the second.
 */
export function reviewsBlind(status: ReviewStatus, viewer: string): boolean {
  const { needed, decided, voters } = status;
  return needed === 2 && !decided && !voters.includes(viewer);
}

/** What hints at how sure the machine was. */
export type ScoreHint =
  | 'scores'
  | 'threshold'
  | 'fpir'
  | 'gallerySize'
  | 'meanGate'
  | 'quality'
  | 'components';

/** The same of a sighting. */
export type SightingHint = 'scores' | 'threshold' | 'meanGate' | 'quality';

/** A sighting; without what hints at the machine's view where a second reviewer is to judge. */
export type ShownSighting = Omit<Sighting, SightingHint> & Partial<Pick<Sighting, SightingHint>>;

export type ScoreBlindAlert = Omit<Alert, ScoreHint | 'sightings'> & {
  readonly sightings: readonly ShownSighting[];
};

/** The alert without anything that hints at how sure the machine was. */
export function scoreBlind(alert: ShownAlert): ScoreBlindAlert {
  const { scores, threshold, fpir, gallerySize, meanGate, quality, components, ...rest } = alert;
  return { ...rest, sightings: rest.sightings.map(blindSighting) };
}

function blindSighting(sighting: ShownSighting): ShownSighting {
  const { scores, threshold, meanGate, quality, ...rest } = sighting;
  return rest;
}

function isVerdict(action: ReviewAction): action is 'confirm' | 'dismiss' {
  return action === 'confirm' || action === 'dismiss';
}

function verdictState(action: 'confirm' | 'dismiss'): AlertState {
  return action === 'confirm' ? 'confirmed' : 'dismissed';
}

/**
 * An alert; without what hints at the machine's view where a second reviewer is to judge. Events,
 * pages and records of the alert store hold whole alerts: those here are what leaves the program.
 */
export type ShownAlert = ScoreBlindAlert & Partial<Pick<Alert, ScoreHint>>;
