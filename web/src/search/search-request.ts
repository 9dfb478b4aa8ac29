import type {
  FaceKind,
  NightglassClient,
  SearchedFace,
} from '../../../src/client/nightglass-client.ts';
import type { AlertFace } from '../watchlists/enrol-picture.ts';

/** The face that is searched: a picture of one's own, or a recorded one of an alert. */
export type Probe =
  | { readonly from: 'file'; readonly file: File }
  | ({ readonly from: 'alert'; readonly name: string } & AlertFace);

export interface SearchQuestion {
  readonly probe: Probe;
  readonly reason: string;
  /** One list; all that the user may search without. */
  readonly watchlist: string | undefined;
}

/** Recorded faces of an alert, as the gateway names them. */
export const faceKinds = [
  'face',
  'best-1',
  'best-2',
  'best-3',
  'best-4',
] as const satisfies readonly FaceKind[];

const candidates = 10;

/** The gateway's bounds for a reason. */
export const shortestReason = 3;
export const longestReason = 500;

/** Searches; the gateway records it with the reason. @throws ApiError */
export function search(
  client: NightglassClient,
  { probe, reason, watchlist }: SearchQuestion,
): Promise<readonly SearchedFace[]> {
  const list = watchlist === undefined ? {} : { watchlist };
  const fields = { reason, limit: candidates, ...list };
  if (probe.from === 'file') return client.search(fields, probe.file);
  return client.search({ ...fields, alertId: probe.alertId, kind: probe.kind });
}
