import type { AcceptanceResults } from './acceptance-results.ts';
import type { AcceptanceSettings } from './acceptance-settings.ts';
import type { AcceptancePlan } from './walk.ts';

/** `ended`: its list and all on it were deleted before it was finished. */
export type AcceptanceState = 'under way' | 'finished' | 'ended';

/** A test of a site with volunteers who are on a list of their own. */
export interface AcceptanceTest {
  readonly id: string;
  readonly name: string;
  readonly watchlistId: string;
  readonly plan: AcceptancePlan;
  /** Wall milliseconds, as all times here. */
  readonly startedAt: number;
  /** When the list and all volunteers on it are deleted at the latest. */
  readonly endsAt: number;
  /** Null while it goes on. */
  readonly finishedAt: number | null;
  /** As they were when it was finished; name nobody. */
  readonly results: AcceptanceResults | null;
  /** The last id of a walk that was given in it: the audit log names those that are gone. Left out: none since it is noted. */
  readonly lastWalk?: number;
  /** With what it was tested, as it was when it was finished. */
  readonly settings: AcceptanceSettings | null;
}
