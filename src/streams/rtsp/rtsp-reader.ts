/** What a server sends over an RTSP connection. */
export type RtspItem =
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly reason: string;
      readonly headers: RtspHeaders;
      readonly body: Buffer;
    }
  | {
      readonly kind: 'request';
      readonly method: string;
      readonly uri: string;
      readonly headers: RtspHeaders;
    }
  | { readonly kind: 'data'; readonly channel: number; readonly payload: Buffer };

/** Headers by lower-case name; a repeated header keeps all its values. */
export type RtspHeaders = ReadonlyMap<string, readonly string[]>;

const maxHead = 32 * 1024;
const maxHeaders = 128;
const maxBody = 256 * 1024;
/** Bytes of nonsense in a row after which the connection is given up. */
const maxGarbage = 1024 * 1024;
const dollar = 0x24;
const startOfText = /^(?:RTSP\/\d|[A-Z_]{3,14} )/i;
/** What may become such a start once more bytes are there. */
const startOfStart = /^(?:RTSP\/|[A-Z_]{0,14})$/i;

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
    const head = endOfHead(bytes);
    if (head === null) {
      if (bytes.length > maxHead) throw new RangeError('the head of a response is too long');
      return null;
    }
    const { end, bodyStart } = head;
    const [first = '', ...lines] = bytes.toString('latin1', 0, end).split(/\r?\n/, maxHeaders);
    const headers = parseHeaders(lines);
    const given = /^\d+/.exec(headers.get('content-length')?.[0] ?? '')?.[0];
    const length = given === undefined ? untoldLength(headers, bytes, bodyStart) : Number(given);
    if (length === null) return null;
    if (length > maxBody) throw new RangeError('the body of a response is too long');
    if (bytes.length < bodyStart + length) return null;
    this.#pending = bytes.subarray(bodyStart + length);
    const status = /^RTSP\/[\d.]{1,5} +(\d{3})\b *(.{0,80})/i.exec(first);
    if (status === null) {
      const [method = '', uri = ''] = first.split(' ');
      return { kind: 'request', method, uri, headers };
    }
    return {
      kind: 'response',
      status: Number(status[1]),
      reason: (status[2] ?? '').trim(),
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

/** An empty line ends a head, whatever its line ends are. */
function endOfHead(bytes: Buffer): { end: number; bodyStart: number } | null {
  const limit = Math.min(bytes.length, maxHead);
  for (let at = bytes.indexOf(0x0a); at !== -1 && at < limit; at = bytes.indexOf(0x0a, at + 1)) {
    const end = bytes[at - 1] === 0x0d ? at - 1 : at;
    if (bytes[at + 1] === 0x0a) return { end, bodyStart: at + 2 };
    if (bytes[at + 1] === 0x0d && bytes[at + 2] === 0x0a) return { end, bodyStart: at + 3 };
  }
  return null;
}

/** A description whose length is not named: up to the next start, once it looks complete. */
function untoldLength(headers: RtspHeaders, bytes: Buffer, from: number): number | null {
  if (!/application\/sdp/i.test(headers.get('content-type')?.[0] ?? '')) return 0;
  if (headers.has('content-length')) return 0;
  const text = bytes.toString('latin1', from, Math.min(bytes.length, from + maxBody));
  const next = text.indexOf('RTSP/1');
  if (next !== -1) return next;
  return text.includes('\nm=') && text.endsWith('\n') ? text.length : null;
}

/**
 * After nonsense, a packet is believed on a low channel (we ask for 0 and 1)
 * with a version of RTP.
 */
function mayStart(bytes: Buffer, at: number): boolean {
  if (bytes[at] === dollar) {
    if ((bytes[at + 1] ?? 0) >= 4) return false;
    return at + 4 >= bytes.length || (bytes[at + 4] ?? 0) >> 6 === 2;
  }
  return bytes[at] === 0x52 && 'RTSP/'.startsWith(bytes.toString('latin1', at, at + 5));
}

function parseHeaders(lines: readonly string[]): RtspHeaders {
  const headers = new Map<string, string[]>();
  let values: string[] = [];
  for (const line of lines) {
    // A line that starts with a blank goes on with the one before.
    if (/^[ \t]/.test(line) && values.length > 0) {
      values.push(`${values.pop() ?? ''} ${line.trim()}`.trim());
      continue;
    }
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    values = headers.get(name) ?? [];
    values.push(line.slice(colon + 1).trim());
    headers.set(name, values);
  }
  return headers;
}
