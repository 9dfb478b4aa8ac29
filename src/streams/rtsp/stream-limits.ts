import { pixelBound } from '../../domain/bounds.ts';

/** How long a camera may take, milliseconds. */
export interface StreamLimits {
  /** To take a connection. */
  readonly connectMs: number;
  /** To answer a request, and to agree on TLS. */
  readonly answerMs: number;
  /** From packets to a picture: until the next key picture, at the start and later. */
  readonly firstPictureMs: number;
  /** Without a packet, after which the stream counts as stalled. */
  readonly silenceMs: number;
}

/**
 * A host that is off swallows the first packet, and TCP repeats it ever more
 * seldom: short attempts see sooner that it is back. Answers take up to 30 s
 * on cameras that start an encoder first, key pictures come up to 20 s apart.
 */
export const defaultLimits: StreamLimits = {
  connectMs: 2_000,
  answerMs: 30_000,
  firstPictureMs: 30_000,
  silenceMs: 10_000,
};

/** Bounds of what one camera may cost; beyond them it is marked, and the others go on. */
export const bounds = {
  /** Bytes that wait because the camera does not read what we send. */
  unread: 256 * 1024,
  /** Requests of a camera answered a second. */
  answersPerSecond: 10,
  /** Requests a second, beyond which the connection ends. */
  requestsPerSecond: 1_000,
  /** Bytes a second over ten seconds: 25 MB/s is more than any codec of a camera sends. */
  bytesPerSecond: 25_000_000,
  /** Packets a second over ten seconds. */
  packetsPerSecond: 40_000,
  /** Pixels of a picture: 8192x4320. */
  pixels: pixelBound,
  /** Redirects in a row. */
  redirects: 5,
} as const;
