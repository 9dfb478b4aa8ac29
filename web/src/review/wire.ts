export interface VerdictCounts {
  readonly confirmed: number;
  readonly dismissed: number;
  readonly open: number;
}

export interface Suggestion {
  readonly watchlistId: string;
  readonly watchlistName: string;
  /** Cosine from which on the list reports now. */
  readonly threshold: number;
  readonly suggested: number;
  readonly why: string;
  /** Reviewed alerts that it rests on. */
  readonly samples: number;
}

/** What became of the alerts of a time. */
export interface Statistics {
  readonly total: VerdictCounts;
  readonly byCamera: readonly (VerdictCounts & { readonly cameraId: string })[];
  readonly byWatchlist: readonly (VerdictCounts & {
    readonly watchlistId: string;
    readonly watchlistName: string;
  })[];
  /** Bands of quality, `from` included, `to` not. */
  readonly byQuality: readonly (VerdictCounts & { readonly from: number; readonly to: number })[];
  /** Histogram of fused scores. */
  readonly scores: readonly {
    readonly from: number;
    readonly to: number;
    readonly confirmed: number;
    readonly dismissed: number;
  }[];
  readonly suggestions: readonly Suggestion[];
}
