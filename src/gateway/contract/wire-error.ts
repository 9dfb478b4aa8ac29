import { type ErrorCode, isNightglassError } from '../../domain/errors.ts';

/** Codes that only the gateway gives, next to those of `errorCodes`. */
export const gatewayErrorCodes = {
  TOO_MANY_REQUESTS: 'Too many requests or failed attempts; try later.',
  PAYLOAD_TOO_LARGE: 'The request or an uploaded image is larger than allowed.',
  SLOW_CLIENT: 'The client does not read fast enough; resume with `since`.',
  INTERNAL: 'Something failed inside; the log says what.',
} as const;

export type WireErrorCode = ErrorCode | keyof typeof gatewayErrorCodes;

/** What a client receives of a failure. */
export interface WireError {
  readonly code: WireErrorCode;
  readonly message: string;
  readonly hint?: string;
}

/** A failure that the gateway itself finds. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: WireErrorCode;
  /** Seconds after which to try again. */
  readonly retryAfter: number | undefined;
  /** True for a `NOT_FOUND` of something that is there, and not for this principal. */
  readonly hidden: boolean;

  constructor(
    code: WireErrorCode,
    message: string,
    options: { readonly retryAfter?: number; readonly hidden?: boolean } = {},
  ) {
    super(message);
    this.code = code;
    this.retryAfter = options.retryAfter;
    this.hidden = options.hidden ?? false;
  }
}

const statusByCode: Partial<Record<WireErrorCode, number>> = {
  BAD_REQUEST: 400,
  CONFIG_INVALID: 422,
  CONFIG_UNREADABLE: 422,
  SECRET_MISSING: 422,
  TLS_INVALID: 422,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  PASSKEY_UNAVAILABLE: 409,
  VIDEO_NOT_PASSED_ON: 409,
  LEARNING_OFF: 409,
  IMAGE_TOO_LARGE: 413,
  PAYLOAD_TOO_LARGE: 413,
  IMAGE_INVALID: 422,
  NO_FACE: 422,
  FACE_TURNED: 422,
  SEVERAL_FACES: 422,
  QUALITY_TOO_LOW: 422,
  ARCHIVE_INVALID: 422,
  STREAM_UNREACHABLE: 422,
  STREAM_UNAUTHORIZED: 422,
  STREAM_UNSUPPORTED: 422,
  ONVIF_FAILED: 422,
  TOO_MANY_REQUESTS: 429,
  BUSY: 503,
  ENVIRONMENT: 503,
  AUDIT_UNAVAILABLE: 503,
  AUDIT_ANCHOR_FAILED: 503,
  TIMESTAMP_FAILED: 503,
  OIDC_FAILED: 503,
  PREVIEW_UNAVAILABLE: 503,
  STORE_UNWRITABLE: 503,
  STORE_CORRUPT: 503,
  STORE_IN_USE: 503,
  STORE_KEY_MISSING: 503,
  INFERENCE_OVERLOADED: 503,
  INFERENCE_TIMEOUT: 503,
  INFERENCE_WORKER_LOST: 503,
  INFERENCE_CLOSED: 503,
};

/** HTTP status of a code. */
export function statusOf(code: WireErrorCode): number {
  return statusByCode[code] ?? 500;
}

/** What to tell a client of `error`: a coded one as it is, any other as `INTERNAL` without its text. */
export function toWireError(error: unknown): WireError {
  if (error instanceof GatewayError) return { code: error.code, message: error.message };
  if (isNightglassError(error)) {
    return {
      code: error.code,
      message: error.message,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    };
  }
  return { code: 'INTERNAL', message: gatewayErrorCodes.INTERNAL };
}
