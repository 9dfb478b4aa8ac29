/** A failure as the gateway told it. */
export class ApiError extends Error {
  /** HTTP status. */
  readonly status: number;
  /** One of docs/errors.md, or `UNKNOWN`. */
  readonly code: string;
  /** What to do about it, where the gateway knows. */
  readonly mend: string | undefined;
  /** Seconds to wait, with 429. */
  readonly retryAfter: number | undefined;

  constructor(
    status: number,
    code: string,
    message: string,
    more: { readonly mend?: string | undefined; readonly retryAfter?: number | undefined } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.mend = more.mend;
    this.retryAfter = more.retryAfter;
  }

  /** Reads the failure out of an answer. */
  static async of(response: Response): Promise<ApiError> {
    const wait = Number(response.headers.get('retry-after') ?? Number.NaN);
    const retryAfter = Number.isFinite(wait) ? wait : undefined;
    try {
      const body = (await response.json()) as {
        error: { code: string; message: string; mend?: string };
      };
      const { code, message, mend } = body.error;
      return new ApiError(response.status, code, message, { mend, retryAfter });
    } catch {
      const message = `The server answered ${response.status}`;
      return new ApiError(response.status, 'UNKNOWN', message, { retryAfter });
    }
  }
}
