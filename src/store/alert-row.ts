import type { Alert } from '../domain/alert.ts';

/** The alert of a row with a `body`; one that an older version wrote lacks what came later. */
export function alertOf(row: Record<string, unknown>): Alert {
  return { components: [], best: [], ...JSON.parse(String(row['body'])) };
}
