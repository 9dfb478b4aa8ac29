/** What a process measures of one gallery. */
export interface AnnOrder {
  readonly templates: number;
  /** Numbers of a template. */
  readonly dimension: number;
  /** Probes of people who are not in the gallery; half as many of people who are. */
  readonly strangers: number;
  readonly threads: number;
  readonly seed: number;
  /** Indexes to build: numbers kept as, links a node, width of the search while building. */
  readonly graphs: readonly {
    readonly kind: 'f32' | 'i8';
    readonly links: number;
    readonly buildWidth: number;
  }[];
  /** Widths of the search (`expansion_search`). */
  readonly widths: readonly number[];
}

/** One way to search. */
export interface AnnRow {
  readonly way: string;
  /** Candidates that are compared again exactly; 0: none. */
  readonly reranked: number;
  /** Share of probes whose best template by the exact search is found. */
  readonly mates: number;
  readonly strangers: number;
  /** Milliseconds a probe: one thread, sixteen probes at a time. */
  readonly perProbeMs: number;
  /** Bytes beside the templates themselves. */
  readonly bytes: number;
  readonly buildSeconds: number;
}

export interface AnnResult {
  readonly templates: number;
  readonly dimension: number;
  readonly strangers: number;
  readonly mates: number;
  /** Median of the best cosine of somebody who is not in the gallery. */
  readonly bestStranger: number;
  readonly rows: readonly AnnRow[];
  /** Wall time of the exact search on several threads, milliseconds a probe. */
  readonly sharded: { readonly threads: number; readonly perProbeMs: number };
}
