/** Pictures for both sides, decoded beforehand so that neither pays for it. */
export interface PeerOrder {
  /** File of raw RGB pictures, one after the other. */
  readonly pictures: string;
  readonly width: number;
  readonly height: number;
  readonly count: number;
  readonly manifest: string;
  /** Pictures worked on before anything is measured. */
  readonly warmUp: number;
}

/** What one side did with the pictures. */
export interface PeerReport {
  /** What did it, with versions. */
  readonly what: string;
  readonly faces: number;
  /** Seconds of wall time. */
  readonly seconds: number;
  /** Seconds of processor time, all threads. */
  readonly cpuSeconds: number;
  readonly dimension: number;
}
