import type { AcceptanceTest } from '../../domain/acceptance/acceptance-test.ts';
import type { Walk } from '../../domain/acceptance/walk.ts';
import { acceptanceBounds } from '../../domain/bounds.ts';
import { NightglassError } from '../../domain/errors.ts';
import type { Watchlist } from '../../domain/watchlist.ts';

export interface NewWalk extends Pick<Walk, 'cameraId' | 'light' | 'endedAt'> {
  /** By number. */
  readonly volunteer: number;
  /** Default: now. */
  readonly startedAt?: number;
  /** The same camera reports somebody anew after so long out of view, milliseconds. */
  readonly quietMs: number;
}

/** The walk as it is stored. @throws NightglassError `BAD_REQUEST`, `CONFLICT` */
export function checkedWalk(
  { cameraId, endedAt, light, quietMs, startedAt: given }: NewWalk,
  at: {
    readonly test: AcceptanceTest;
    readonly personId: string;
    /** Of the test's list. */
    readonly cameras: Watchlist['cameras'];
    readonly others: readonly Walk[];
    readonly now: number;
  },
): Omit<Walk, 'id'> {
  const { cameras, now, others, personId, test } = at;
  const startedAt = given ?? now;
  const isInTime = startedAt >= test.startedAt && startedAt <= now && (endedAt ?? startedAt) <= now;
  if (!isInTime) throw refusal('BAD_REQUEST', 'it is not within the test and before now');
  if (cameras !== '*' && !cameras.includes(cameraId)) {
    throw refusal('BAD_REQUEST', `the list of the test does not match at ${cameraId}`);
  }
  const length = endedAt === null ? 0 : endedAt - startedAt;
  if (length < 0 || length > acceptanceBounds.walkMs) {
    throw refusal('BAD_REQUEST', 'it ends before it begins, or after more than an hour');
  }
  if (others.length >= acceptanceBounds.walks) {
    throw refusal('CONFLICT', `a test has at most ${acceptanceBounds.walks} walks`);
  }
  const own = others.filter((walk) => walk.personId === personId);
  if (own.some((walk) => walk.endedAt === null)) {
    throw refusal('CONFLICT', 'the volunteer is on a walk that has not ended');
  }
  const last = endedAt ?? now;
  // Sooner than that both are one appearance, and nobody could tell whether the second was seen.
  const isTooSoon = own.some(
    (walk) =>
      walk.cameraId === cameraId &&
      startedAt < (walk.endedAt ?? now) + quietMs &&
      last + quietMs > walk.startedAt,
  );
  if (isTooSoon) {
    const seconds = Math.ceil(quietMs / 1000);
    throw refusal('CONFLICT', `at one camera ${seconds} s must lie between a volunteer's walks`);
  }
  return { testId: test.id, personId, cameraId, light, startedAt, endedAt };
}

function refusal(code: 'BAD_REQUEST' | 'CONFLICT', why: string): NightglassError {
  return new NightglassError(code, `Cannot record the walk: ${why}`);
}
