import type { Alert } from '../domain/alert.ts';

/** The alert of a row with a `body`; one that an older version wrote lacks what came later. */
export function alertOf(row: Record<string, unknown>): Alert {
  const body = JSON.parse(String(row['body']));
  return { components: [], best: [], still: null, lastSeenAt: body.updatedAt, ...body };
}
