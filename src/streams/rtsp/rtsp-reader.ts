/** What a server sends over an RTSP connection. */
export type RtspItem =
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly reason: string;
      readonly headers: RtspHeaders;
      readonly body: Buffer;
    }
  | { readonly kind: 'request'; readonly method: string; readonly headers: RtspHeaders }
  | { readonly kind: 'data'; readonly channel: number; readonly payload: Buffer };

/** Headers by lower-case name; a repeated header keeps all its values. */
export type RtspHeaders = ReadonlyMap<string, readonly string[]>;

const maxHead = 64 * 1024;
const maxBody = 1024 * 1024;
/** Bytes of nonsense in a row after which the connection is given up. */
const maxGarbage = 1024 * 1024;
const dollar = 0x24;
const startOfText = /^(?:RTSP\/\d|[A-Z_]{3,14} )/;
/** What may become such a start once more bytes are there. */
const startOfStart = /^(?:RTSP\/|[A-Z_]{0,14})$/;

/**
 * Cuts the byte stream of an RTSP connection into responses, requests and
 * interleaved packets. Bytes that are none of these are skipped up to the next
 * plausible start, as cameras exist that send some.
 */
export class RtspReader {
  #pending: Buffer = Buffer.alloc(0);
  #garbage = 0;
  #garbageInARow = 0;

  /** Bytes skipped so far. */
  get garbage(): number {
    return this.#garbage;
  }

  /**
   * Takes in bytes and gives the items that are now complete. Payloads are
   * views of the bytes taken in: copy what is kept.
   * @throws RangeError when a head or body exceeds its bound, or nonsense does
   */
  *push(chunk: Buffer): Generator<RtspItem> {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    for (;;) {
      const item = this.#next();
      if (item === null) return;
      if (item === 'skipped') continue;
      this.#garbageInARow = 0;
      yield item;
    }
  }

  #next(): RtspItem | 'skipped' | null {
    const bytes = this.#pending;
    if (bytes.length < 4) return null;
    if (bytes[0] === dollar) {
      const length = bytes.readUInt16BE(2);
      if (bytes.length < 4 + length) return null;
      this.#pending = bytes.subarray(4 + length);
      return { kind: 'data', channel: bytes[1] ?? 0, payload: bytes.subarray(4, 4 + length) };
    }
    const start = bytes.toString('latin1', 0, Math.min(bytes.length, 16));
    if (!startOfText.test(start)) return startOfStart.test(start) ? null : this.#skip();
    const end = bytes.indexOf('\r\n\r\n');
    if (end === -1) {
      if (bytes.length > maxHead) throw new RangeError('the head of a response is too long');
      return null;
    }
    const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
    const headers = parseHeaders(lines);
    const length = Number(headers.get('content-length')?.[0] ?? 0);
    if (!(length >= 0 && length <= maxBody))
      throw new RangeError('the body of a response is too long');
    const bodyStart = end + 4;
    if (bytes.length < bodyStart + length) return null;
    this.#pending = bytes.subarray(bodyStart + length);
    const status = /^RTSP\/\d\.\d (\d{3}) ?(.*)$/.exec(first);
    if (status === null) return { kind: 'request', method: first.split(' ')[0] ?? '', headers };
    return {
      kind: 'response',
      status: Number(status[1]),
      reason: (status[2] ?? '').slice(0, 80),
      headers,
      body: bytes.subarray(bodyStart, bodyStart + length),
    };
  }

  #skip(): 'skipped' | null {
    const bytes = this.#pending;
    let at = 1;
    while (at < bytes.length && !mayStart(bytes, at)) at += 1;
    this.#garbage += at;
    this.#garbageInARow += at;
    if (this.#garbageInARow > maxGarbage) throw new RangeError('the server does not speak RTSP');
    this.#pending = bytes.subarray(at);
    return at < bytes.length ? 'skipped' : null;
  }
}

/** Only low channels are taken for a packet after nonsense: we ask for 0 and 1. */
function mayStart(bytes: Buffer, at: number): boolean {
  if (bytes[at] === dollar) return at + 1 >= bytes.length || (bytes[at + 1] ?? 255) < 4;
  return bytes[at] === 0x52 && 'RTSP/'.startsWith(bytes.toString('latin1', at, at + 5));
}

function parseHeaders(lines: readonly string[]): RtspHeaders {
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    const values = headers.get(name) ?? [];
    values.push(line.slice(colon + 1).trim());
    headers.set(name, values);
  }
  return headers;
}
