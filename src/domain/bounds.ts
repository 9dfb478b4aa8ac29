// Over 300 lines: all bounds are in one place, one object a topic.
/**
 * Bounds of numbers and times that come from outside, in one place: the wire,
 * the configuration, the commands and the store hold to them.
 */

export const dayMs = 86_400_000;

/**
 * The last wall time, Unix milliseconds: the end of the year 9999, which ISO
 * 8601 still writes with four digits. SQLite integers and JavaScript dates end
 * later.
 */
export const latestTime = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** What the machine's timers can wait at once; Node fires after 1 ms where it is asked for more. */
export const longestTimer = 2 ** 31 - 1;

/** Days that something may be kept, or a token be valid. */
export const mostDays = 3_650;

/** Cameras that one program runs, those of the file and those added at run time together. */
export const mostCameras = 256;

/** Threads for models: those that look for faces, and those that recognise them. */
export const inferenceBounds = { detectThreads: 16, faceThreads: 16 } as const;

/** Denoisers of single cameras that are loaded beside the usual one, in each worker for faces. */
export const mostDenoisers = 8;

/** What a site and its centre may take of each other. */
export const federationBounds = {
  sites: 256,
  /** One message: below what a server takes by default, 1 MiB; and a question, bytes. */
  messageBytes: 960 * 1024,
  questionBytes: 64 * 1024,
  /** For an answer, milliseconds. */
  answerMs: 10_000,
  /** Between two questions of a site, and after one that failed, milliseconds. */
  pollMs: 2_000,
  retryMs: 5_000,
  /** Who was not heard for so long is spoken of, milliseconds. */
  silentMs: 60_000,
  lists: 256,
  /** People a page; images a person; removals that are reported at once. */
  page: 200,
  images: 500,
  removals: 200,
  /** A question about an alert, and one with a piece of a picture, bytes. */
  alertBytes: 256 * 1024,
  pieceQuestionBytes: 384 * 1024,
  /** A piece of a picture, a picture, and pictures that are not whole yet at a centre, bytes. */
  pieceBytes: 192 * 1024,
  pictureBytes: 8 * 1024 * 1024,
  partsBytes: 64 * 1024 * 1024,
  /** After which a picture that did not go on is begun again, milliseconds. */
  partsMs: 120_000,
  /** Reviews that an alert is told with, the newest. */
  reviews: 50,
  /** Alerts that are held against the store in one look; that are said to be gone in one question. */
  window: 2_000,
  gone: 200,
  /** Alerts that a centre is asked about in one question after its start. */
  have: 500,
  /** After an alert was refused until it is told again, milliseconds. */
  refusedMs: 60_000,
  /** An alert that came so long after it was raised came late, milliseconds. */
  lateMs: 60_000,
  /** How long alerts of sites are kept where nothing says it: the configuration's default, milliseconds. */
  keptMs: 90 * dayMs,
} as const;

/** What nodes of one installation may take of each other, beyond one machine. */
export const clusterBounds = {
  /** Servers of NATS that are named. */
  servers: 16,
  nodes: 64,
  /** How long a camera stays with a node that is not heard, milliseconds. */
  lease: [3_000, 60_000],
  /** Characters of the secret that nodes share. */
  secret: [32, 1_024],
  /** For an answer of the server, milliseconds. */
  answerMs: 2_000,
  connectMs: 10_000,
  /** Of the stream of keyframes: bytes, and age in milliseconds. */
  streamBytes: [16 * 2 ** 20, 2 ** 40],
  streamAge: [30_000, 24 * 3_600_000],
  /** Bytes of keyframes that wait in a node while the server does not take them. */
  queueBytes: [2 ** 20, 2 ** 32],
  queueItems: 4_096,
  /** One message: below what a server takes by default, 1 MiB. */
  messageBytes: 960 * 1024,
  headBytes: 32 * 1024,
  /** A side of the picture of a face, pixels; numbers of an embedding; bytes of its surroundings. */
  faceSide: 512,
  dimension: [16, 4_096],
  sceneBytes: 512 * 1024,
  frameSide: 16_384,
  /** Keyframes that are worked on at the control node at once. */
  inFlight: 64,
  /** A keyframe is given out so often at most, and again after so long without an answer. */
  deliveries: 8,
  ackMs: 15_000,
  /** Sequence numbers that a session remembers against replay; sessions that are remembered. */
  replayWindow: 8_192,
  sessions: 256,
  /** Clocks of nodes may differ by so much before it is said, milliseconds. */
  skewMs: 2_000,
  /** Faces that wait for so long are said to be behind, milliseconds. */
  behindMs: 10_000,
  /** A track of a remote camera of which nothing came for so long has ended, milliseconds. */
  trackSilenceMs: 15_000,
  /**
   * Faces that other nodes recognise: how many a node has under way, and at first and at least; when
   * an answer is soon, so that there may be more; how many wait for that, of a camera and of all, and
   * for how long; how long a face may take from the beginning to its answer, and after how long
   * without one the server gives it to another node; milliseconds, and bytes that the server holds.
   */
  work: {
    inFlight: 128,
    inFlightFirst: 16,
    inFlightLeast: 4,
    soonMs: 500,
    waitingOfCamera: 16,
    waiting: 256,
    waitMs: 6_000,
    answerMs: 12_000,
    ackMs: 5_000,
    deliveries: 32,
    streamBytes: 64 * 2 ** 20,
  },
  /**
   * Lists that other nodes search: parts that a list is cut into; parts that a node holds; people,
   * vectors and bytes of one message with templates; an answer, a search from its beginning until it
   * has all of them, searches at once; a look at what nodes hold; how long a node that ends waits
   * until others hold its parts; milliseconds.
   */
  matching: {
    parts: [1, 16],
    held: 8_192,
    people: 16,
    vectors: 256,
    bytes: 512 * 1024,
    headBytes: 640 * 1024,
    answerMs: 5_000,
    waitMs: 10_000,
    searches: 256,
    asked: 4_096,
    checkMs: 1_000,
    drainMs: 8_000,
  },
  /**
   * Boxes and tracks as they happen, in one message of a camera: every so many milliseconds, so many
   * pictures, faces of a picture, beginnings and ends of tracks, bytes. Pictures without faces come
   * every `emptyMs`; what is older than `ageMs`, by both clocks, is dropped.
   */
  live: {
    everyMs: 100,
    detections: 4,
    faces: 128,
    tracks: 64,
    bytes: 256 * 1024,
    emptyMs: 1_000,
    ageMs: 15_000,
  },
} as const;

/** What an acceptance test of a site may hold. */
export const acceptanceBounds = {
  volunteers: 500,
  walks: 20_000,
  /** Of a walk, milliseconds. */
  walkMs: 3_600_000,
  /** From its start to the deletion of the volunteers, milliseconds. */
  testMs: 90 * dayMs,
  /** What a volunteer says of themselves: questions, and characters of a question and an answer. */
  groups: 8,
  groupText: 60,
  /** Strangers' faces that people counted at a camera. */
  faces: 10_000_000,
} as const;

/** What a test of a camera may take. */
export const cameraTests = {
  /** At once. */
  most: 2,
  /** For a first picture, milliseconds. */
  pictureMs: 20_000,
  /** For measuring the rate after it, milliseconds. */
  measureMs: 2_000,
  /** The longer side of the picture that is shown, pixels. */
  pictureSide: 1280,
} as const;

/** What ONVIF devices may take: of time, of memory, and of room in an answer. */
export const onvifBounds = {
  /** Searches and descriptions at once. */
  searches: 1,
  descriptions: 2,
  /** For all that describes a device, milliseconds; one answer takes no more than `answerMs`. */
  describeMs: 30_000,
  answerMs: 10_000,
  /** For an answer of the network, milliseconds. */
  searchMs: [500, 10_000],
  /** Bytes of one answer of a device, and of all that describe it. */
  answerBytes: 512 * 1024,
  describeBytes: 2 * 1024 * 1024,
  /** Bytes of an answer to a search, and how many are looked at. */
  matchBytes: 16 * 1024,
  matches: 1_024,
  devices: 256,
  /** Addresses that are asked directly. */
  targets: 64,
  profiles: 32,
  /** Characters of a name that a device gives. */
  text: 100,
  address: 2_000,
  /** Memory of a thread that reads answers, MiB. */
  heapMb: 48,
  /** What a device may tell at once, and sources of events of one kind that are told apart. */
  eventsAtOnce: 20,
  eventSources: 32,
} as const;

/** Pixels of a picture of a camera or of a recorded file, at most: 8192x4320. */
export const pixelBound = 8192 * 4320;

/** What one search of recorded footage may take. */
export const footageBounds = {
  /** Files of one search. */
  files: 10_000,
  /** Sightings that it reports; further ones are counted. */
  sightings: 10_000,
  /** Files that are read side by side. */
  atOnce: 16,
  /** Threads that look for faces. */
  detectors: 8,
  /** Of the running program: files of one search, and searches at once. */
  jobFiles: 2_000,
  running: 4,
  /** Searches that wait, rest or ask for a second person. */
  waiting: 100,
  /** Folders of the configuration, and paths of one request. */
  roots: 16,
  paths: 100,
  /** Entries of a folder that are shown. */
  entries: 1_000,
  /**
   * What is looked through for video files: entries of all folders of a search, or of one that is
   * shown; folders in folders; and how long that may take, milliseconds.
   */
  walkEntries: 100_000,
  walkDepth: 32,
  walkMs: 30_000,
  /** The same of a command, for all its files. */
  commandWalkMs: 150_000,
  /** Requests that look through folders at once; those that wait for that, and for how long, milliseconds. */
  walksAtOnce: 2,
  walksWaiting: 8,
  walkWaitMs: 10_000,
  /**
   * What may hang in disks before nothing more is begun: each holds one of the four threads on which
   * all files of the program are read.
   */
  hanging: 2,
  /** Bytes of a file that is hashed in a millisecond, at least. */
  leastRead: 500,
  /** Searches that are listed, and sightings of a page. */
  listed: 100,
  page: 200,
  /** Characters of the reason. */
  reason: [3, 1000],
  /** Seconds before and after a sighting that its clip shows, how long it may be, and its bytes. */
  clipAround: 5,
  clipSeconds: 60,
  clipBytes: 64 * 1024 * 1024,
  clipsAtOnce: 2,
  /** How long cutting one may take, milliseconds. */
  clipMs: 30_000,
  /** How long the disk of a file that is searched may be silent, and a thread take to end, milliseconds. */
  silenceMs: 60_000,
  endMs: 5_000,
  /**
   * Ends of the program, not orderly ones, that a search at work is begun again after without getting
   * further between: one fewer than these; and seconds of footage that count as further.
   */
  crashes: 3,
  furtherSeconds: 60,
} as const;

/** Minutes that an assessment of a camera gathers. */
export const assessmentMinutes = { least: 1, default: 60, most: 1_440 } as const;

/** How long a camera's noise is measured, seconds, and of how many pictures at most. */
export const noiseProfile = {
  seconds: { least: 5, default: 30, most: 600 },
  pictures: 1_500,
  /** Beyond the seconds that are measured: for the first picture, and for slow disks, milliseconds. */
  graceMs: 120_000,
  /** Profiles kept of a camera. */
  kept: 6,
} as const;

/** What is kept and judged of how a camera's pictures change. */
export const driftBounds = {
  /** Days that counts are kept: a year and the weeks before it. */
  keptDays: 400,
  /** Days that are looked at for a change: what is longer ago is usual. */
  judgedDays: 120,
  /** Weeks that are shown: least, usual and most. */
  weeks: { least: 1, default: 13, most: 57 },
  /** Characters of the note of a new reference. */
  note: 500,
  /** A day is judged once it has been over for so long, milliseconds. */
  settledMs: 10 * 60_000,
} as const;

/** The seconds around an alert as video. */
export const clipBounds = {
  /** Before or after the capture, milliseconds: least and most. */
  span: [0, 60_000],
  /** Bytes in memory: least and most. */
  memory: [2 ** 20, 2 ** 36],
  /** Bytes on the disk: least and most. */
  quota: [2 ** 20, 2 ** 44],
  /** Recordings that wait for their last seconds, of all cameras. */
  mostRecordings: 64,
  /** Recordings that wait to be written; each keeps its pictures in memory. */
  mostWaiting: 8,
  /** Bytes of the disk that clips leave free. */
  leftFree: 2 ** 28,
} as const satisfies Readonly<Record<string, number | readonly [number, number]>>;

/** Durations of the configuration: least and most, milliseconds. */
export const durations = {
  inferenceTimeout: [1, 600_000],
  frameAge: [0, 60_000],
  occlusion: [0, 60_000],
  quietPeriod: [0, 7 * dayMs],
  joinWithin: [0, 7 * dayMs],
  stillAfter: [1_000, 7 * dayMs],
  clockGap: [3_600_000, 36_500 * dayMs],
  hsts: [0, mostDays * dayMs],
  retention: [3_600_000, mostDays * dayMs],
} as const satisfies Readonly<Record<string, readonly [number, number]>>;

/** A wall time that can be stored, sorted and written as a date. */
export function isWallTime(value: number): boolean {
  return Number.isFinite(value) && value >= 0 && value <= latestTime;
}

/** What models that run beside those in use may take. */
export const shadowBounds = {
  /** How long, days: least, most, and where nobody says. */
  days: [1, 90],
  defaultDays: 14,
  /** Of one processor core. */
  share: 0.2,
  /** Tracks that are gathered, and finished ones that wait. */
  tracks: 128,
  waiting: 32,
  /** Faces of one track; both versions are compared over these. */
  keyframes: 12,
  /** Pictures of all tracks together, bytes. */
  bytes: 48 * 1024 * 1024,
  /** Templates of enrolled people by these models, in memory. */
  templates: 20_000,
  /** Comparisons that wait for a data folder that cannot be written. */
  unwritten: 5000,
  /** How long an ended run and its counts are kept, milliseconds. */
  keptMs: 400 * dayMs,
} as const;

/** What an export of faces for training may hold, least and most that may be configured. */
export const learningBounds = {
  perPerson: [1, 100],
  pictures: [1, 5000],
  /** Alerts that one export looks at, the newest. */
  alerts: 20_000,
  /** Alerts of one person that are shown, the newest, and people of one page of the API. */
  shownAlerts: 60,
  people: 100,
  /** Pixels between the eyes from which on a recorded face is no poor one. */
  poorFace: 24,
  /** Bytes of all pictures of an export: they are in memory while it is made. */
  bytes: 256 * 1024 * 1024,
} as const;

/** What one exported case may hold. */
export const evidenceBounds = {
  alerts: 20,
  /** Searches of recorded footage, and sightings of all of them together. */
  searches: 20,
  sightings: 100,
  /** Cases that are made or sent at once over the API. */
  atOnce: 2,
  /** Bytes that all of them hold in memory: what was coded again, and pictures of reports. */
  heldBytes: 768 * 1024 * 1024,
  /** How long who fetches a case may take nothing of it, milliseconds. */
  idleMs: 120_000,
  /** Exports that can be watched, those that failed included. */
  jobs: 16,
  /** How long one lives while nobody asks how far it is, milliseconds: a page in the back asks once a minute. */
  unwatchedMs: 180_000,
  /** Characters of the reason. */
  reason: [3, 1000],
  /** Records of the audit log on one alert; a case with more says that it is not complete. */
  recordsOfAlert: 20_000,
  /** Bytes of the pictures that the PDF report shows; further ones it names. */
  shownBytes: 32 * 1024 * 1024,
  /** Records of the audit log that the reports show, the last ones. */
  shownRecords: 200,
  /** Files that a search left out and that the reports name; `case.json` names all. */
  shownLeftOut: 50,
  /** Bytes of an answer of a time stamp server. */
  timestampBytes: 64 * 1024,
  /** For that answer, milliseconds: least and most. */
  timestampMs: [100, 60_000],
  /** Files of a case that is verified, bytes of one of them, and of all. */
  files: 5_000,
  fileBytes: 64 * 1024 * 1024,
  /** Bytes of a clip, and of all clips of a case. */
  clipBytes: 1024 * 1024 * 1024,
  allClipBytes: 3 * 1024 * 1024 * 1024,
  /** Clips of a case in which faces are hidden, bytes of one of them, and what one case may hold. */
  blurredClips: 20,
  blurredClipBytes: 256 * 1024 * 1024,
  heldBytesOfCase: 512 * 1024 * 1024,
  allBytes: 4 * 1024 * 1024 * 1024,
} as const;

/** Exports of what is kept of one person. */
export const subjectBounds = {
  /** Enrolments that are one person's: somebody may be on several lists. */
  people: 10,
  /** Alerts and sightings that somebody says show the person. */
  confirmed: 1_000,
  /** What is withheld by hand, and characters of its reason and of its place. */
  withheld: 200,
  why: [3, 500],
  what: 200,
  /** Alerts of a part, and appearances in them. */
  alerts: 20,
  appearances: 60,
  /** Clips of a part, and bytes of them as they were recorded, unless one alone has more. */
  clips: 20,
  clipBytes: 96 * 1024 * 1024,
  /** Sightings in recorded footage of a part. */
  footage: 100,
  /** Alerts of sites of a part. */
  sites: 100,
  /** Parts that somebody may count. */
  parts: 10_000,
  /** Candidates a face and list of a search by picture, alerts of each that are shown. */
  candidates: 10,
  alertsOfCandidate: 100,
  /** Searches by picture that wait to be exported, and how long each does, milliseconds. */
  searches: 16,
  searchMs: 3_600_000,
} as const;

/** Backups of a data folder. */
export const backupBounds = {
  /** Files of a data folder beside the database, and bytes of those read at one moment with it. */
  files: 20_000,
  momentBytes: 16 * 1024 * 1024,
  /** Of them, those of more bytes are read later: weights, which never change. */
  momentFileBytes: 1024 * 1024,
  /** Bytes of the list of what a backup holds. */
  manifestBytes: 16 * 1024 * 1024,
  /** Characters of a passphrase. */
  passphrase: [12, 1024],
  recipients: 16,
  /** From one to the next, milliseconds: least and most. */
  every: [60_000, 7 * dayMs],
  /** Backups that are kept: least and most. */
  keep: [1, 1_000],
} as const satisfies Readonly<Record<string, number | readonly [number, number]>>;

/** What waits for receivers outside. */
export const outboxBounds = {
  /** Receivers of the configuration. */
  receivers: 32,
  /** Deliveries that wait for a receiver, and dead letters that are kept of it: least and most. */
  waiting: [100, 1_000_000],
  dead: [100, 100_000],
  /** Bytes that they take of the database beside their alerts, a receiver: least and most. */
  bytes: [2 ** 20, 2 ** 32],
  /** How long one is tried, and a dead letter is kept, milliseconds: least and most. */
  giveUpAfter: [60_000, 30 * dayMs],
  keepDead: [3_600_000, mostDays * dayMs],
  /** From the first failed attempt to the next, and at most, milliseconds. */
  backOff: { firstMs: 5_000, mostMs: 900_000 },
  /** Attempts of a message that the receiver says it will never take. */
  refusals: 3,
  /** Deliveries that are noted as taken in one transaction, and that a digest holds. */
  atOnce: 32,
  /** Deliveries with a time to come, from before the clock was set back, that are put right in one transaction. */
  redatedAtOnce: 1_000,
  /** Characters of a reason. */
  reason: 300,
  /** Bytes of one picture, and of a message as it is sent. */
  pictureBytes: 2 ** 21,
  messageBytes: 2 ** 24,
} as const;

/** Accounts of people. */
export const accountBounds = {
  /** Accounts that are not removed. */
  accounts: 1_000,
  /** Characters of a login name, a display name, a password. */
  name: [2, 64],
  displayName: 100,
  password: [12, 256],
  /** How long a link of an invitation and one for a new password may be used, milliseconds. */
  invitationMs: 7 * dayMs,
  resetMs: dayMs,
  /** Browsers of one account that are remembered. */
  browsers: 10,
  /** Devices of an account that its provider no longer stands for are kept, unused, milliseconds. */
  awaitedMs: 30 * dayMs,
  /** Cameras or watchlists that an account or a token names. */
  named: 1_000,
  /** Passwords that are hashed at once and that wait, and for how long, milliseconds. */
  hashing: { atOnce: 2, waiting: 32, waitMs: 10_000 },
} as const;

/** Second factors of accounts. */
export const factorBounds = {
  /** Factors of one account, characters of the name of one. */
  factors: 10,
  name: 64,
  /** Recovery codes that are made together. */
  recoveryCodes: 10,
  /** Authenticators that are being added, of all accounts, and for how long, milliseconds. */
  pending: 1_000,
  pendingMs: 10 * 60_000,
  /** Sign-ins that wait for their second step: of all and of one account, for how long, tries. */
  steps: 1_000,
  stepsOfAccount: 5,
  stepMs: 5 * 60_000,
  tries: 5,
  /** How long a challenge for a passkey is good, milliseconds; how often one account answers in that time. */
  challengeMs: 5 * 60_000,
  answers: 100,
  /** Characters of parts of what a browser sends of a passkey. */
  credentialId: 1_400,
  clientData: 8_192,
  attestation: 16_384,
  assertion: 8_192,
} as const;

/** Single sign-on by OpenID Connect. */
export const oidcBounds = {
  /** Groups of the configuration, and groups of one person that are looked at. */
  groups: 256,
  claimedGroups: 5_000,
  /** Characters of a group, a claim's name, a subject, and a name that is shown. */
  group: 256,
  subject: 255,
  name: 100,
  scopes: 20,
  /** Bytes of an answer of the provider, and of one token. */
  answerBytes: 1024 * 1024,
  tokenBytes: 64 * 1024,
  /** Bytes of an ID token that goes into the address of the provider's log-out. */
  hintBytes: 4 * 1024,
  /** From the way to the provider until the return, milliseconds. */
  pendingMs: 10 * 60_000,
  /** States of sign-ins that came back, remembered so that none counts twice. */
  spent: 10_000,
  /** Conversations with the provider at once, and those for one network: others find no room. */
  atOnce: 32,
  atOnceOfNetwork: 16,
  /** What the provider says of itself is asked for again after so long, milliseconds. */
  discoveredMs: 3_600_000,
  /** Milliseconds: least and most. */
  clockSkew: [0, 300_000],
  timeout: [1_000, 60_000],
  recheck: [60_000, dayMs],
  confirmWithin: [300_000, dayMs],
  /** More than sessions go on without a word of the provider, and than {@link notedMs}. */
  confirmedFor: [2 * dayMs, 365 * dayMs],
  /** That an account was confirmed is noted to this, milliseconds. */
  notedMs: 3_600_000,
} as const satisfies Readonly<Record<string, number | readonly [number, number]>>;
