/** A request, or a frame of interleaved data (RTCP from the client), from a control connection. */
export type RtspInput =
  | {
      readonly kind: 'request';
      readonly method: string;
      readonly uri: string;
      /** Names in lower case; of a repeated header the last value. */
      readonly headers: ReadonlyMap<string, string>;
    }
  /** An answer to a request of the camera. */
  | { readonly kind: 'response' }
  | { readonly kind: 'interleaved'; readonly channel: number; readonly data: Buffer };

export type RtspRequest = Extract<RtspInput, { kind: 'request' }>;

/** What a peer sent is no RTSP, or exceeds a limit. The connection is past saving. */
export class RtspSyntaxError extends Error {
  override readonly name = 'RtspSyntaxError';
}

const maxHeadBytes = 8192;
const maxHeaders = 64;
const maxBodyBytes = 16384;
const requestLine = /^([A-Z_]{3,20}) (\S{1,1024}) RTSP\/1\.0$/;

/** Cuts a byte stream into requests and interleaved frames; holds at most one unfinished item. */
export class RtspParser {
  #pending: Buffer = Buffer.alloc(0);

  /**
   * Takes bytes in any portions, and gives what became complete.
   * @throws RtspSyntaxError on malformed or oversized input
   */
  *push(chunk: Buffer): Generator<RtspInput> {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    while (this.#pending.length > 0) {
      const item = this.#pending[0] === 0x24 ? this.#interleaved() : this.#request();
      if (item === undefined) return;
      yield item;
    }
  }

  #interleaved(): RtspInput | undefined {
    if (this.#pending.length < 4) return undefined;
    const end = 4 + this.#pending.readUInt16BE(2);
    if (this.#pending.length < end) return undefined;
    const channel = this.#pending[1] ?? 0;
    const data = this.#pending.subarray(4, end);
    this.#pending = this.#pending.subarray(end);
    return { kind: 'interleaved', channel, data };
  }

  #request(): RtspInput | undefined {
    const end = this.#pending.indexOf('\r\n\r\n');
    if (end === -1 && this.#pending.length < maxHeadBytes) {
      // Refuse binary or foreign input at once instead of waiting for more of it.
      if (!/^[A-Z_\r\n]/.test(this.#pending.toString('latin1', 0, 1))) {
        throw new RtspSyntaxError('no request line');
      }
      return undefined;
    }
    if (end === -1 || end > maxHeadBytes) throw new RtspSyntaxError('the head is too long');
    const [first = '', ...rest] = this.#pending
      .toString('latin1', 0, end)
      .trimStart()
      .split('\r\n');
    if (/^RTSP\/1\.0 \d{3}\b/.test(first)) {
      this.#pending = this.#pending.subarray(end + 4);
      return { kind: 'response' };
    }
    const match = requestLine.exec(first);
    if (match === null) throw new RtspSyntaxError('no request line');
    const headers = parseHeaders(rest);
    const body = Number(headers.get('content-length') ?? '0');
    if (!Number.isInteger(body) || body < 0 || body > maxBodyBytes) {
      throw new RtspSyntaxError('the body is too long');
    }
    if (this.#pending.length < end + 4 + body) return undefined;
    this.#pending = this.#pending.subarray(end + 4 + body);
    return { kind: 'request', method: match[1] ?? '', uri: match[2] ?? '', headers };
  }
}

function parseHeaders(lines: readonly string[]): Map<string, string> {
  if (lines.length > maxHeaders) throw new RtspSyntaxError('too many headers');
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1) throw new RtspSyntaxError('a header has no name');
    headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}

const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  454: 'Session Not Found',
  455: 'Method Not Valid in This State',
  461: 'Unsupported Transport',
  503: 'Service Unavailable',
};

/** Bytes of a response. A header with several values is repeated. */
export function formatResponse(
  status: number,
  headers: Readonly<Record<string, string | readonly string[]>>,
  body = '',
): Buffer {
  const lines = [`RTSP/1.0 ${status} ${reasons[status] ?? 'Error'}`];
  for (const [name, value] of Object.entries(headers)) {
    for (const one of typeof value === 'string' ? [value] : value) lines.push(`${name}: ${one}`);
  }
  if (body !== '') lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1');
}
