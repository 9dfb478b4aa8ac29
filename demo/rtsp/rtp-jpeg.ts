import { NightglassError } from '../../src/domain/errors.ts';

interface JpegParts {
  readonly width: number;
  readonly height: number;
  /** 0: 4:2:2, 1: 4:2:0 (RFC 2435, 4.1). */
  readonly type: number;
  readonly restartInterval: number;
  /** Quantisation tables in the order of their numbers, 64 bytes each. */
  readonly tables: Uint8Array;
  /** Entropy-coded data, without the end marker. */
  readonly scan: Uint8Array;
}

/**
 * RTP payloads of a baseline JPEG (RFC 2435, quantisation tables in band).
 * The receiver rebuilds the file with the standard Huffman tables, so the
 * picture must be encoded with those.
 * @throws NightglassError `STREAM_UNSUPPORTED` on JPEGs that RFC 2435 cannot carry
 */
export function packetizeJpeg(data: Uint8Array, maxPayload: number): Uint8Array[] {
  const jpeg = parseJpeg(data);
  const payloads: Uint8Array[] = [];
  let offset = 0;
  while (offset < jpeg.scan.length) {
    const restart = jpeg.restartInterval > 0 ? 4 : 0;
    const tables = offset === 0 ? 4 + jpeg.tables.length : 0;
    const head = 8 + restart + tables;
    const size = Math.min(maxPayload - head, jpeg.scan.length - offset);
    const payload = Buffer.alloc(head + size);
    payload.writeUInt32BE(offset & 0xffffff, 0);
    payload[4] = jpeg.type + (restart > 0 ? 64 : 0);
    payload[5] = 255;
    payload[6] = Math.ceil(jpeg.width / 8);
    payload[7] = Math.ceil(jpeg.height / 8);
    if (restart > 0) {
      payload.writeUInt16BE(jpeg.restartInterval, 8);
      payload.writeUInt16BE(0xffff, 10);
    }
    if (tables > 0) {
      payload.writeUInt16BE(jpeg.tables.length, 8 + restart + 2);
      payload.set(jpeg.tables, 8 + restart + 4);
    }
    payload.set(jpeg.scan.subarray(offset, offset + size), head);
    payloads.push(payload);
    offset += size;
  }
  return payloads;
}

function parseJpeg(data: Uint8Array): JpegParts {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) throw unsupported('it is no JPEG');
  const tables = new Map<number, Uint8Array>();
  let restartInterval = 0;
  let frame: { width: number; height: number; type: number } | undefined;
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) throw unsupported('a marker is missing');
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = bytes.readUInt16BE(at + 2);
    const body = bytes.subarray(at + 4, at + 2 + length);
    if (marker === 0xdb) readTables(body, tables);
    else if (marker === 0xc0) frame = readFrame(body);
    else if (marker === 0xdd) restartInterval = body.readUInt16BE(0);
    else if (marker > 0xc0 && marker < 0xd0 && marker !== 0xc4 && marker !== 0xc8) {
      throw unsupported('it is not baseline');
    } else if (marker === 0xda) {
      if (frame === undefined) throw unsupported('it has no frame header');
      let end = bytes.lastIndexOf(Buffer.from([0xff, 0xd9]));
      if (end < at) end = bytes.length;
      return {
        ...frame,
        restartInterval,
        tables: Buffer.concat([
          tables.get(0) ?? new Uint8Array(64),
          tables.get(1) ?? tables.get(0) ?? new Uint8Array(64),
        ]),
        scan: data.subarray(at + 2 + length, end),
      };
    }
    at += 2 + length;
  }
  throw unsupported('it has no scan');
}

function readTables(body: Buffer, tables: Map<number, Uint8Array>): void {
  for (let at = 0; at + 65 <= body.length; at += 65) {
    const head = body[at] ?? 0;
    if (head >> 4 !== 0) throw unsupported('its quantisation tables have 16 bits');
    tables.set(head & 15, body.subarray(at + 1, at + 65));
  }
}

function readFrame(body: Buffer): { width: number; height: number; type: number } {
  const height = body.readUInt16BE(1);
  const width = body.readUInt16BE(3);
  const sampling = [body[7], body[10], body[13]].join(' ');
  const type = sampling === '33 17 17' ? 0 : sampling === '34 17 17' ? 1 : -1;
  if (body[5] !== 3 || type < 0) throw unsupported('its chroma is neither 4:2:0 nor 4:2:2');
  if (width > 2040 || height > 2040) throw unsupported('it is larger than 2040 pixels');
  return { width, height, type };
}

function unsupported(why: string): NightglassError {
  return new NightglassError('STREAM_UNSUPPORTED', `Cannot send a JPEG over RTP: ${why}`);
}
