import type { CodedUnit, Depacketizer } from './encoded-picture.ts';
import { jpegHeader } from './jpeg-header.ts';

const maxPicture = 16 * 1024 * 1024;

interface Assembly {
  readonly timestamp: number;
  readonly header: Buffer;
  readonly parts: Buffer[];
  size: number;
  damaged: boolean;
}

/** Depacketises JPEG over RTP (RFC 2435) to JPEG files; every picture is a key picture. */
export class JpegDepacketizer implements Depacketizer {
  #assembly: Assembly | null = null;
  /** Quantisation tables by Q, as a sender may give those of Q >= 128 only once. */
  readonly #tables = new Map<number, Buffer>();

  push(payload: Buffer, timestamp: number, marker: boolean, lost: boolean): CodedUnit[] {
    if (payload.length < 8) return [];
    if (this.#assembly !== null && this.#assembly.timestamp !== timestamp) this.#assembly = null;
    const offset = payload.readUIntBE(1, 3);
    const type = payload[4] ?? 0;
    const quality = payload[5] ?? 0;
    let at = 8;
    let restartInterval = 0;
    if (type >= 64 && type <= 127) {
      if (payload.length < at + 4) return [];
      restartInterval = payload.readUInt16BE(at);
      at += 4;
    }
    if (offset === 0) {
      let tables: Buffer | undefined;
      if (quality >= 128) {
        if (payload.length < at + 4) return [];
        const length = payload.readUInt16BE(at + 2);
        const given = payload.subarray(at + 4, at + 4 + length);
        at += 4 + length;
        if (length > 0 && payload.length >= at) this.#tables.set(quality, Buffer.from(given));
        tables = this.#tables.get(quality);
        if (tables === undefined) return [];
      }
      const width = (payload[6] ?? 0) * 8;
      const height = (payload[7] ?? 0) * 8;
      const header = jpegHeader({
        width,
        height,
        type: type & 0x3f,
        quality,
        restartInterval,
        tables,
      });
      if (header === null) return [];
      this.#assembly = { timestamp, header, parts: [], size: 0, damaged: false };
    }
    const assembly = this.#assembly;
    if (assembly === null) return [];
    if (offset !== assembly.size) assembly.damaged = true;
    if (lost && offset !== 0) assembly.damaged = true;
    const body = payload.subarray(at);
    if (assembly.size + body.length > maxPicture) {
      this.#assembly = null;
      return [];
    }
    assembly.parts.push(Buffer.from(body));
    assembly.size += body.length;
    if (!marker) return [];
    this.#assembly = null;
    const { header, parts, damaged } = assembly;
    const end = Buffer.from([0xff, 0xd9]);
    return [
      {
        data: Buffer.concat([header, ...parts, end]),
        key: true,
        damaged,
        hasParameterSets: true,
        timestamp,
      },
    ];
  }
}
