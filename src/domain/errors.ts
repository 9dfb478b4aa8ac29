/**
 * The registry of error codes: every failure that a caller may catch has a
 * code here, and `docs/errors.md` lists exactly these (held equal by a test).
 * A caller's programming mistake is a `TypeError` or `RangeError` instead.
 */
export const errorCodes = {
  CONFIG_INVALID: 'The configuration file is not valid.',
  CONFIG_IDLE: 'The configuration is valid, and something in it cannot work.',
  CONFIG_UNREADABLE: 'The configuration file cannot be read.',
  SECRET_MISSING: 'A secret named by the configuration is not there.',
  TLS_INVALID: 'The certificate or the key of the gateway cannot be used.',
  TLS_EXPIRING: 'The certificate of the gateway ends soon, or has ended.',
  USAGE: 'The command line is not valid.',
  ENVIRONMENT: 'Something that this machine should provide is missing.',
  STREAM_UNREACHABLE: 'The camera cannot be reached.',
  STREAM_UNAUTHORIZED: 'The camera refused the credentials.',
  STREAM_STALLED: 'The camera sends no frames.',
  ANALYSIS_STALLED: 'The camera sends frames, and none of them is analysed.',
  FOOTAGE_STALLED: 'A search of recorded footage does not go on.',
  STREAM_ENDED: 'The camera ended the stream.',
  STREAM_UNSUPPORTED: 'The stream has no video that can be decoded.',
  ONVIF_FAILED: 'The camera does not answer by ONVIF as it should.',
  MEASUREMENT_FAILED: 'Too little of the pictures stood still to measure.',
  CAMERA_TAMPERED: 'The camera says that it is covered, turned or out of focus.',
  PREVIEW_UNAVAILABLE: 'The encoder of the live preview cannot run.',
  VIDEO_NOT_PASSED_ON: 'The video of this camera is not passed on as it is coded.',
  MODEL_MANIFEST_INVALID: 'The model manifest is not valid.',
  MODEL_FILE_MISSING: 'A model file named by the manifest is not there.',
  MODEL_HASH_MISMATCH: 'A model file differs from its hash in the manifest.',
  MODEL_SIGNATURE_INVALID: 'The models are not signed by a key that the configuration trusts.',
  MODEL_PARENT_UNKNOWN: 'The version that the models were trained on from is not here.',
  MODEL_LOAD_FAILED: 'A model file cannot be loaded.',
  PROVIDER_UNAVAILABLE: 'The execution provider asked for is not there.',
  INFERENCE_OVERLOADED: 'The inference queue is full.',
  INFERENCE_TIMEOUT: 'Inference took longer than allowed.',
  INFERENCE_WORKER_LOST: 'The inference worker ended while it held this work.',
  INFERENCE_FAILED: 'A model could not be run on this input.',
  INFERENCE_CLOSED: 'Inference is shut down.',
  GALLERY_OVERLOADED: 'More searches of the watchlists wait than can be done.',
  GALLERY_UNAVAILABLE: 'No matching node has the whole watchlist now.',
  GALLERY_CLOSED: 'The watchlists are searched no more: shutting down.',
  IMAGE_INVALID: 'The image cannot be decoded.',
  IMAGE_TOO_LARGE: 'The image exceeds the size limit.',
  NO_FACE: 'No face was found in the image.',
  FACE_TURNED: 'Nobody can tell which way up the picture stands.',
  SEVERAL_FACES: 'The image shows several faces that could be enrolled, and none is named.',
  QUALITY_TOO_LOW: 'The face is not good enough to enrol.',
  ARCHIVE_INVALID: 'The archive cannot be read.',
  STORE_CORRUPT: 'The database file is damaged.',
  STORE_UNWRITABLE: 'The data folder cannot be written.',
  STORE_UNREACHABLE: 'The database server cannot be reached.',
  STORE_REFUSED: 'The database server refuses what the program needs.',
  STORE_IN_USE: 'Another program runs on the data folder.',
  STORE_KEY_MISSING: 'The store is encrypted, and a key that it needs is not there.',
  STORE_KEY_INVALID: 'The keys of the store cannot be used.',
  RECEIVER_FAILED: 'A receiver outside does not take what it is sent.',
  CLOCK_JUMPED: 'The clock has jumped, so nothing is deleted until it is confirmed.',
  AUDIT_UNAVAILABLE: 'The audit log cannot be written, so what must be recorded is refused.',
  AUDIT_ANCHOR_FAILED: 'The end of the audit log cannot be written where it is to be kept.',
  BACKUP_INVALID: 'The backup is cut off, was changed, or is none.',
  BACKUP_KEY_WRONG: 'No passphrase or key that was given opens the backup.',
  BACKUP_FAILED: 'No backup could be made.',
  TIMESTAMP_FAILED: 'The time stamp server does not answer as it should.',
  OIDC_FAILED: 'The identity provider does not answer as it should.',
  PASSKEY_UNAVAILABLE: 'Passkeys cannot be used at the address by which the browser came.',
  CLUSTER_UNREACHABLE: 'The NATS server cannot be reached.',
  CLUSTER_UNAUTHORIZED: 'The NATS server refused the credentials or what they were used for.',
  CLUSTER_UNSUITABLE: 'The NATS server cannot do what is needed: JetStream, version 2.9.',
  CLUSTER_NODE_LOST: 'A node is no longer heard.',
  CLUSTER_NO_NODE: 'No node pulls this camera.',
  CLUSTER_BEHIND: 'Faces of remote cameras wait, or were dropped.',
  CLUSTER_DIFFERS: 'A node has other models, or another clock, than this one.',
  FEDERATION_UNREACHABLE: 'A site, or the centre, is not heard.',
  FEDERATION_REFUSED: 'A list of the centre could not be taken, or a message was not believed.',
  LEARNING_OFF: 'The configuration does not allow faces to be taken for training.',
  NOT_FOUND: 'There is no such thing.',
  CONFLICT: 'The request conflicts with what is stored.',
  REVIEW_PENDING: 'A watchlist waits for its review and matches nobody until then.',
  DISARMED: 'Cameras or watchlists are disarmed so that no alert can come.',
  UNAUTHENTICATED: 'A valid token or sign-in is needed.',
  FORBIDDEN: 'The token or the account does not allow this.',
  BUSY: 'The room for uploads and pictures is in use; try later.',
  BAD_REQUEST: 'The request is not valid.',
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** A failure that callers tell apart by `code`. Messages never hold credentials. */
export class NightglassError extends Error {
  override readonly name = 'NightglassError';
  readonly code: ErrorCode;
  /** What the reader can do about it, one sentence. */
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

/** True when `error` is a {@link NightglassError}, with one of `codes` if any are named. */
export function isNightglassError(error: unknown, ...codes: ErrorCode[]): error is NightglassError {
  return error instanceof NightglassError && (codes.length === 0 || codes.includes(error.code));
}
