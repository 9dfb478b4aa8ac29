import type { z } from 'zod';
import type { searchSchema } from '../../../src/gateway/schemas/search.ts';
import type { ApiClient } from '../api/api-client.ts';
import type { AlertFace } from '../watchlists/enrol-picture.ts';

export type SearchedFace = z.infer<typeof searchSchema>['faces'][number];
export type Candidate = SearchedFace['candidates'][number];

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

const candidates = 10;

/** The gateway's bounds for a reason. */
export const shortestReason = 3;
export const longestReason = 500;

/** Searches; the gateway records it with the reason. @throws ApiError */
export async function search(
  api: ApiClient,
  { probe, reason, watchlist }: SearchQuestion,
): Promise<readonly SearchedFace[]> {
  const list = watchlist === undefined ? {} : { watchlist };
  const fields = { reason, limit: candidates, ...list };
  if (probe.from === 'alert') {
    const { alertId, kind } = probe;
    return (await api.send<Answer>('POST', '/api/search', { alertId, kind, ...fields })).faces;
  }
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, String(value));
  form.append('image', probe.file, probe.file.name);
  return (await api.send<Answer>('POST', '/api/search', form)).faces;
}

interface Answer {
  readonly faces: readonly SearchedFace[];
}

/** Where an alert's picture is. */
export function evidencePath({ alertId, kind }: AlertFace): string {
  return `/api/alerts/${encodeURIComponent(alertId)}/evidence/${encodeURIComponent(kind)}`;
}
