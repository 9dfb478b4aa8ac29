import type { Watchlist } from '../client/nightglass-client.ts';
import { print, type RemoteOptions } from './cameras-remote.ts';
import { answerOf, gatewayClient } from './gateway-client.ts';
import { textTable, withoutControls } from './text-table.ts';

export type WatchlistsOptions = RemoteOptions;

export interface PutInForceOptions extends RemoteOptions {
  readonly revision: number;
  readonly note?: string;
}

/** Prints all watchlists. @throws NightglassError what the gateway answers with */
export async function listWatchlists(options: WatchlistsOptions): Promise<void> {
  const asked = gatewayClient(options).watchlists();
  const watchlists = await answerOf('list watchlists', options.address, asked);
  print(options, { watchlists }, () =>
    watchlists.length === 0
      ? 'no watchlists\n'
      : textTable(['ID', 'STATE', 'PEOPLE', 'NAME', 'OWNER', 'NOTE'], watchlists.map(rowOf)),
  );
}

function rowOf(list: Watchlist): string[] {
  const { id, inForce, name, owner, people, review } = list;
  const waits = review.authors.length > 0;
  const state = waits ? 'waits' : inForce ? 'in force' : 'expired';
  const note = waits
    ? `${list.changes.map(({ field }) => field).join(', ')}: by ${review.authors.join(', ')}`
    : confirmedBy(list);
  return [id, state, String(people), ...[name, owner, note].map(withoutControls)];
}

function confirmedBy({ review: { confirmed } }: Watchlist): string {
  if (confirmed === null) return '';
  const { as, at, by } = confirmed;
  const how = as === 'other' ? '' : ` (${as})`;
  return `put in force by ${by}${how}, ${new Date(at).toISOString()}`;
}

/** Prints what waits for review. @throws NightglassError what the gateway answers with */
export async function showChanges(id: string, options: WatchlistsOptions): Promise<void> {
  const asked = gatewayClient(options).watchlist(id);
  const { changes, review } = await answerOf(`read ${id}`, options.address, asked);
  print(options, { revision: review.revision, authors: review.authors, changes }, () => {
    if (changes.length === 0) return `${id}: waits for no review\n`;
    const text = (value: unknown) => withoutControls(JSON.stringify(value));
    const rows = changes.map(({ field, before, after }) => [field, text(before), text(after)]);
    const who = review.authors.map(withoutControls).join(', ');
    return `${id}: revision ${review.revision}, by ${who}\n${textTable(['WHAT', 'WAS IN FORCE', 'NOW'], rows)}`;
  });
}

/** Puts a list in force. @throws NightglassError what the gateway answers with */
export async function putInForce(id: string, options: PutInForceOptions): Promise<void> {
  const { note, revision } = options;
  const given = note === undefined ? { revision } : { revision, note };
  const asked = gatewayClient(options).putWatchlistInForce(id, given);
  const list = await answerOf(`put ${id} in force`, options.address, asked);
  print(options, list, () => `${id}: ${withoutControls(confirmedBy(list))}\n`);
}
