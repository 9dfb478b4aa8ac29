import type { EncodedSource } from '../media/encoded-source.ts';

/** What a virtual camera did so far. */
export interface CameraStats {
  /** Clients that are sent video now. */
  readonly playing: number;
  /** Control connections with a session of this camera now. */
  readonly sessions: number;
  readonly unitsPlayed: number;
  readonly packetsSent: number;
  /** Packets lost on order, see {@link CameraControl.drop}. */
  readonly packetsLost: number;
  /** Units not sent to clients that read too slowly (one unit and one client count one). */
  readonly unitsDropped: number;
  /** Requests refused for want of credentials. */
  readonly refused: number;
}

/**
 * Orders for one virtual camera. FaultMode lasts until `behave()` or its
 * own counterpart, concerns all clients, and is the same for the same seed.
 */
export interface CameraControl {
  readonly path: string;
  readonly source: EncodedSource;
  readonly stats: CameraStats;
  /** Sends no more media; sessions stay open and requests are answered. */
  stall(): void;
  /** Ends a stall: media goes on with the next key picture. */
  resume(): void;
  /** Loses packets: the next `packets` ones, or each with probability `rate`. */
  drop(options: { packets: number } | { rate: number }): void;
  /** Overwrites payloads with random bytes, each with probability `rate` (default 1). */
  garbage(options?: { rate?: number }): void;
  /** Cuts coded pictures off at a random place, each with probability `rate` (default 1). */
  truncate(options?: { rate?: number }): void;
  /**
   * Plays other footage from now on, in the running sessions when the codec
   * stays the same; otherwise clients are cut and must describe again.
   */
  changeResolution(source: EncodedSource): void;
  /** Timestamps jump once by `jumpMs` (may be negative), or each by up to ±`erraticMs`. */
  wrongClock(options: { jumpMs: number } | { erraticMs: number }): void;
  /** Answers every request with 401, whatever the credentials. */
  refuse(): void;
  /** Sends at most this many bytes of media a second to each client. */
  slow(bytesPerSecond: number): void;
  /** Leaves requests unanswered; connections are accepted. */
  hang(): void;
  /** Cuts all clients now; with `goodbye` it ends their streams properly first. */
  disconnect(options?: { goodbye?: boolean }): void;
  /** Cuts all clients and answers 404, or with `reset` cuts whoever asks, until `online()`. */
  offline(options?: { reset?: boolean }): void;
  online(): void;
  /** Ends all faults. */
  behave(): void;
}
