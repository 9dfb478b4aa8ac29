/** A change to what may be matched, reported after it is committed. */
export type WatchlistChange =
  | { readonly kind: 'list'; readonly watchlistId: string }
  | { readonly kind: 'person'; readonly watchlistId: string; readonly personId: string };
