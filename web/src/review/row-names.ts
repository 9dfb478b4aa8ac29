import type { Camera, Statistics } from '../../../src/client/nightglass-client.ts';
import type { TextKey } from '../i18n/dictionaries.ts';
import type { TextParams } from '../i18n/t.ts';

/** A name, or the words for what has none any more. */
export type RowName = string | { readonly key: TextKey; readonly params: TextParams };

/** A list of the statistics, for people: alerts outlive their list. */
export function watchlistRowName({
  watchlistId,
  watchlistName,
  deleted,
}: Pick<Statistics['byWatchlist'][number], 'watchlistId' | 'watchlistName' | 'deleted'>): RowName {
  if (!deleted) return watchlistName;
  return { key: 'review.deletedWatchlist', params: { id: shortId(watchlistId) } };
}

/**
 * A camera of the statistics, for people: it may be gone from the configuration.
 * @param cameras null before they are known
 */
export function cameraRowName(
  { cameraId }: { readonly cameraId: string },
  cameras: readonly Pick<Camera, 'id' | 'name'>[] | null,
): RowName {
  if (cameras === null) return cameraId;
  const known = cameras.find(({ id }) => id === cameraId);
  return known?.name ?? { key: 'review.removedCamera', params: { id: shortId(cameraId) } };
}

/** Enough of a long id to tell it from others. */
function shortId(id: string): string {
  return id.length > 16 ? `${id.slice(0, 8)}…` : id;
}
