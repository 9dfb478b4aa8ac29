import type { ListedAppearance } from '../../../src/domain/acceptance/match-walks.ts';
import type { Volunteer, Walk } from '../../../src/domain/acceptance/walk.ts';

/** A walk of ten seconds past `gate`, `at` seconds after the start of a test. */
export function walkAt(id: number, at: number, changes: Partial<Walk> = {}): Walk {
  const startedAt = at * 1000;
  return {
    ...{ id, testId: 'test', personId: 'ada', cameraId: 'gate', light: 'day', startedAt },
    endedAt: startedAt + 10_000,
    ...changes,
  };
}

/** An appearance of two seconds at `gate`. */
export function seenAt(at: number, changes: Partial<ListedAppearance> = {}): ListedAppearance {
  return {
    ...{ alertId: `alert-${at}`, personId: 'ada', cameraId: 'gate', verdict: null },
    ...{ from: at * 1000, to: at * 1000 + 2000 },
    ...changes,
  };
}

export function volunteerNamed(
  personId: string,
  number: number,
  groups: Volunteer['groups'] = {},
): Volunteer {
  const consent = { givenAt: 0, textVersion: '1', textSha256: 'ab', expiresAt: 1e12 };
  return { personId, testId: 'test', number, consent, groups };
}
