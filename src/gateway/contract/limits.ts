/** Every bound of the gateway in one place; tests make them small. */
export interface GatewayLimits {
  /** Event sockets open at once. */
  readonly maxClients: number;
  /** Preview sockets open at once. */
  readonly maxPreviews: number;
  /** Largest message of a client, bytes; larger ones close its socket with 1009. */
  readonly maxMessageBytes: number;
  /** Messages of a client within `messageWindowMs`; more close its socket with 1008. */
  readonly maxMessages: number;
  readonly messageWindowMs: number;
  /** Time for a new socket to authenticate, milliseconds. */
  readonly authTimeoutMs: number;
  /** Interval of pings; a socket that answered none in between is cut off. */
  readonly heartbeatMs: number;
  /** Unsent bytes of a socket from which detections, tracks, embeddings and status are dropped. */
  readonly dropAboveBytes: number;
  /** Unsent bytes of a socket from which it is closed, because alerts may not be dropped. */
  readonly closeAboveBytes: number;
  /** Unsent bytes of a preview socket from which video is dropped. */
  readonly previewDropAboveBytes: number;
  /** Alerts read from the store at once in a replay. */
  readonly replayPage: number;
  /** Live alerts held back for a client during its replay. */
  readonly replayBuffer: number;
  /** Failed authentications of one address in a minute, from which it is refused unheard. */
  readonly maxAuthFailures: number;
  /** Logins that one address may try in a minute, and searches that one token may make. */
  readonly maxLogins: number;
  readonly maxSearches: number;
  /** Time without any request or open socket after which a session ends, and time for all of it. */
  readonly sessionIdleMs: number;
  readonly sessionLifeMs: number;
  /** Sessions of all and of one token: the longest unused one makes room for another. */
  readonly maxSessions: number;
  readonly maxSessionsPerToken: number;
  /** Time for a closed socket to finish before it is cut off, milliseconds. */
  readonly closeTimeoutMs: number;
  /** Largest uploaded image, bytes, and images in one request. */
  readonly maxImageBytes: number;
  readonly maxImages: number;
  /** An archive to import, bytes, held in memory. */
  readonly maxArchiveBytes: number;
  /** All images of one request together, bytes: they are held in memory. */
  readonly maxUploadBytes: number;
}

export const defaultLimits: GatewayLimits = {
  maxClients: 256,
  maxPreviews: 64,
  maxMessageBytes: 64 * 1024,
  maxMessages: 50,
  messageWindowMs: 10_000,
  authTimeoutMs: 5_000,
  heartbeatMs: 15_000,
  dropAboveBytes: 512 * 1024,
  closeAboveBytes: 4 * 1024 * 1024,
  previewDropAboveBytes: 1024 * 1024,
  replayPage: 200,
  replayBuffer: 2_000,
  maxAuthFailures: 30,
  maxLogins: 20,
  maxSearches: 30,
  sessionIdleMs: 30 * 60_000,
  sessionLifeMs: 12 * 3_600_000,
  maxSessions: 1000,
  maxSessionsPerToken: 10,
  closeTimeoutMs: 2_000,
  maxImageBytes: 16 * 1024 * 1024,
  maxImages: 20,
  maxArchiveBytes: 256 * 1024 * 1024,
  maxUploadBytes: 64 * 1024 * 1024,
};
