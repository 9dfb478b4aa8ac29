export interface HealthReport {
  /** `failing` makes `/healthz` answer 503. */
  readonly status: 'ok' | 'degraded' | 'failing';
  readonly ready: boolean;
  /** What is wrong, for people; empty when `ok`. */
  readonly problems: readonly {
    readonly code: string;
    readonly message: string;
    /** Set when it concerns one camera: only who may see that one learns of it. */
    readonly cameraId?: string;
    /** Set when it concerns one watchlist: the same. */
    readonly watchlistId?: string;
    /** Set when it concerns one site of this centre: the same. */
    readonly siteId?: string;
  }[];
  readonly uptimeSeconds: number;
  readonly providers: readonly {
    readonly model: string;
    readonly task: string;
    /** The execution provider that really runs it. */
    readonly provider: string;
    readonly requested: string;
    readonly precision: string;
    /** True when some of the model's operators run on the CPU beside the provider. */
    readonly partly?: boolean;
  }[];
  readonly store: { readonly writable: boolean; readonly message?: string };
  /** Absent where TLS is not spoken. */
  readonly tls?: {
    /** Wall time, milliseconds. */
    readonly expiresAt: number;
    readonly minVersion: '1.2' | '1.3';
    readonly clientCertificates: 'none' | 'optional' | 'required';
  };
  /** Frames dropped since the start, by reason. */
  readonly framesDropped: Readonly<Record<string, number>>;
}
