/** The gateway refused or could not answer; `code` is one of docs/errors.md. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly code: string;
  /** What can be done about it, where the gateway says so. */
  readonly hint: string | undefined;
  /** Seconds after which to try again, with `TOO_MANY_REQUESTS`. */
  readonly retryAfter: number | undefined;

  constructor(
    status: number,
    error: { readonly code: string; readonly message: string; readonly hint?: string },
    options: { readonly retryAfter?: number; readonly cause?: unknown } = {},
  ) {
    super(error.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.status = status;
    this.code = error.code;
    this.hint = error.hint;
    this.retryAfter = options.retryAfter;
  }
}
