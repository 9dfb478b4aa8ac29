/** What a limit counts. Times are milliseconds inside, durations such as `5s` in a configuration. */
export type LimitUnit = 'count' | 'bytes' | 'pixels' | 'time';

/** A limit of the gateway: what holds unless it is configured, and what may be configured. */
export interface LimitBounds {
  readonly unit: LimitUnit;
  readonly usual: number;
  readonly least: number;
  readonly most: number;
}

const kib = 1024;
const mib = 1024 * kib;
const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

const count = (usual: number, least: number, most: number) => bounds('count', usual, least, most);
const bytes = (usual: number, least: number, most: number) => bounds('bytes', usual, least, most);
const pixels = (usual: number, least: number, most: number) => bounds('pixels', usual, least, most);
const time = (usual: number, least: number, most: number) => bounds('time', usual, least, most);

function bounds(unit: LimitUnit, usual: number, least: number, most: number): LimitBounds {
  return { unit, usual, least, most };
}

/** Every limit of the gateway in one place, with its bounds: `server.limits` of a configuration. */
export const gatewayLimitBounds = {
  /** Connections at once, HTTP and sockets together. */
  maxConnections: count(4096, 64, 65_536),
  /** Connections at once that one token is known on. */
  maxConnectionsPerToken: count(1024, 4, 65_536),
  /** Connections that have not said who they are, and those of one address among them: the oldest goes. */
  maxStrangers: count(512, 8, 16_384),
  maxStrangersPerAddress: count(64, 4, 16_384),
  /** Time to agree on TLS, from the connection on. */
  handshakeTimeMs: time(10 * second, second, minute),
  /** Time for the headers of a request. */
  headersTimeMs: time(15 * second, second, 5 * minute),
  /** Event sockets of people who are known, and of one token. */
  maxClients: count(1024, 1, 16_384),
  maxClientsPerToken: count(512, 1, 16_384),
  /** Preview sockets of people who are known, and of one token. */
  maxPreviews: count(256, 1, 4096),
  maxPreviewsPerToken: count(64, 1, 4096),
  /** Largest message of a client; larger ones close its socket with 1009. */
  maxMessageBytes: bytes(64 * kib, kib, mib),
  /** Messages of a client within `messageWindow`; more close its socket with 1008. */
  maxMessages: count(50, 2, 10_000),
  messageWindowMs: time(10 * second, second, 10 * minute),
  /** Time for a new socket to authenticate. */
  authTimeMs: time(5 * second, second, minute),
  /** Interval of pings; a socket that answered none in between is cut off. */
  heartbeatMs: time(15 * second, second, 10 * minute),
  /** Unsent bytes of a socket from which detections, tracks, embeddings and status are dropped. */
  dropAboveBytes: bytes(512 * kib, 16 * kib, 64 * mib),
  /** Unsent bytes of a socket from which it is closed, because alerts may not be dropped. */
  closeAboveBytes: bytes(4 * mib, 64 * kib, 256 * mib),
  /** Unsent bytes of a preview socket from which video is dropped. */
  previewDropAboveBytes: bytes(mib, 64 * kib, 64 * mib),
  /** Alerts read from the store at once in a replay. */
  replayPage: count(50, 1, 1000),
  /** Live alerts held back for a client during its replay. */
  replayBuffer: count(2000, 10, 100_000),
  /** Wrong tokens of one address in a minute, and repetitions of one wrong token: then 429. */
  maxAuthFailures: count(30, 1, 10_000),
  /** Logins that one token may make in a minute, and searches; as many folders of footage it may open. */
  maxLogins: count(20, 1, 10_000),
  maxSearches: count(30, 1, 10_000),
  /** Time without any request or open socket after which a session ends, and time for all of it. */
  sessionIdleMs: time(30 * minute, minute, 24 * hour),
  sessionLifeMs: time(12 * hour, minute, 30 * 24 * hour),
  /** Sessions of all and of one token: the longest unused one makes room for another. */
  maxSessions: count(1000, 1, 100_000),
  maxSessionsPerToken: count(10, 1, 10_000),
  /** Time for a closed socket to finish before it is cut off. */
  closeTimeMs: time(2 * second, 100, minute),
  /** Largest uploaded image, and images in one request. */
  maxImageBytes: bytes(16 * mib, 64 * kib, 128 * mib),
  maxImages: count(20, 1, 200),
  /** An archive to import, held in memory. */
  maxArchiveBytes: bytes(256 * mib, mib, 2048 * mib),
  /** Uploads of all requests together; who finds no room waits, and is then refused with 503. */
  maxUploadBytesAtOnce: bytes(128 * mib, mib, 4096 * mib),
  maxUploadsAtOnce: count(16, 1, 1000),
  maxWaitingUploads: count(32, 0, 10_000),
  uploadWaitMs: time(20 * second, 100, 5 * minute),
  /** Decoded pictures of all requests and imports together; the rest wait, the larger ones alone. */
  maxPixelsAtOnce: pixels(50_000_000, 1_000_000, 4_000_000_000),
  /** All images of one request together: they are held in memory. */
  maxUploadBytes: bytes(64 * mib, 64 * kib, 1024 * mib),
} as const satisfies Readonly<Record<string, LimitBounds>>;

/** The limits in force. */
export type GatewayLimits = { readonly [name in keyof typeof gatewayLimitBounds]: number };

/** What holds unless it is configured. */
export const defaultLimits = Object.fromEntries(
  Object.entries(gatewayLimitBounds).map(([name, { usual }]) => [name, usual]),
) as GatewayLimits;
