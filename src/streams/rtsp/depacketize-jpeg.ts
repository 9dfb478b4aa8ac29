import type { StreamNoteKind } from '../../domain/stream-notes.ts';
import type { CodedUnit, Depacketizer } from './encoded-picture.ts';
import { jpegHeader, jpegHeaderFromSegments } from './jpeg-header.ts';
import type { RtpExtension } from './rtp-packet.ts';

const maxPicture = 16 * 1024 * 1024;
const maxParts = 32_768;
/** Profile of the header extension that carries a JPEG's own head (ONVIF streaming, 5.1.4). */
const onvifJpeg = 0xffd8;

interface Assembly {
  readonly timestamp: number;
  readonly header: Buffer;
  readonly parts: Buffer[];
  size: number;
  damaged: boolean;
}

export interface JpegOptions {
  /** Size by the session description, for pictures whose packets cannot say it. */
  readonly size?: { readonly width: number; readonly height: number } | null;
  readonly note?: (kind: StreamNoteKind) => void;
}

/** Depacketises JPEG over RTP (RFC 2435) to JPEG files; every picture is a key picture. */
export class JpegDepacketizer implements Depacketizer {
  readonly #options: JpegOptions;
  #assembly: Assembly | null = null;
  /** Quantisation tables by Q, as a sender may give those of Q >= 128 only once. */
  readonly #tables = new Map<number, Buffer>();

  constructor(options: JpegOptions = {}) {
    this.#options = options;
  }

  push(
    payload: Buffer,
    timestamp: number,
    marker: boolean,
    lost: boolean,
    extension: RtpExtension | null = null,
  ): CodedUnit[] {
    const out: CodedUnit[] = [];
    if (payload.length < 8) return out;
    const offset = payload.readUIntBE(1, 3);
    const before = this.#assembly;
    // Without a marker the next picture's beginning ends this one.
    if (before !== null && (before.timestamp !== timestamp || (offset === 0 && before.size > 0))) {
      this.#options.note?.('marker');
      this.#flush(out);
    }
    const at = this.#begin(payload, offset, timestamp, extension);
    const assembly = this.#assembly;
    if (assembly === null || at === null) return out;
    if (offset !== assembly.size || (lost && offset !== 0)) assembly.damaged = true;
    const body = payload.subarray(at);
    if (assembly.size + body.length > maxPicture || assembly.parts.length >= maxParts) {
      this.#options.note?.('oversize');
      this.#assembly = null;
      return out;
    }
    assembly.parts.push(Buffer.from(body));
    assembly.size += body.length;
    if (marker) this.#flush(out);
    return out;
  }

  /** Reads the heads of a packet, and opens a picture with the first one. @returns where its data starts */
  #begin(
    payload: Buffer,
    offset: number,
    timestamp: number,
    extension: RtpExtension | null,
  ): number | null {
    const type = payload[4] ?? 0;
    const quality = payload[5] ?? 0;
    let at = 8;
    let restartInterval = 0;
    if (type >= 64 && type <= 127) {
      if (payload.length < at + 4) return null;
      restartInterval = payload.readUInt16BE(at);
      at += 4;
    }
    if (offset !== 0) return at;
    let tables: Buffer | undefined;
    if (quality >= 128) {
      if (payload.length < at + 4) return null;
      const length = payload.readUInt16BE(at + 2);
      const given = payload.subarray(at + 4, at + 4 + length);
      at += 4 + length;
      if (length > 0 && payload.length >= at) this.#tables.set(quality, Buffer.from(given));
      tables = this.#tables.get(quality);
    }
    const width = (payload[6] ?? 0) * 8 || (this.#options.size?.width ?? 0);
    const height = (payload[7] ?? 0) * 8 || (this.#options.size?.height ?? 0);
    const init = { width, height, type: type & 0x3f, quality, restartInterval, tables };
    const header =
      extension?.profile === onvifJpeg
        ? jpegHeaderFromSegments(extension.data, init)
        : jpegHeader(init);
    this.#assembly = null;
    if (header === null) this.#options.note?.('malformed');
    else this.#assembly = { timestamp, header, parts: [], size: 0, damaged: false };
    return at;
  }

  #flush(out: CodedUnit[]): void {
    const assembly = this.#assembly;
    this.#assembly = null;
    if (assembly === null || assembly.size === 0) return;
    const { header, parts, damaged, timestamp } = assembly;
    const end = Buffer.from([0xff, 0xd9]);
    const data = Buffer.concat([header, ...parts, end]);
    out.push({ data, key: true, damaged, hasParameterSets: true, timestamp });
  }
}
