import { splitNalUnits } from './annex-b.ts';

/**
 * RTP payloads of an H.264 access unit (RFC 6184, packetization mode 1):
 * single NAL unit packets, and FU-A where a unit exceeds `maxPayload` bytes.
 */
export function packetizeH264(data: Uint8Array, maxPayload: number): Uint8Array[] {
  const payloads: Uint8Array[] = [];
  for (const unit of splitNalUnits(data)) {
    if (unit.length <= maxPayload) {
      payloads.push(unit);
      continue;
    }
    const header = unit[0] ?? 0;
    fragment(unit, 1, maxPayload, payloads, (first, last) => [
      (header & 0xe0) | 28,
      (first ? 0x80 : 0) | (last ? 0x40 : 0) | (header & 0x1f),
    ]);
  }
  return payloads;
}

/** RTP payloads of an H.265 access unit (RFC 7798): single NAL unit packets and fragmentation units. */
export function packetizeH265(data: Uint8Array, maxPayload: number): Uint8Array[] {
  const payloads: Uint8Array[] = [];
  for (const unit of splitNalUnits(data)) {
    if (unit.length <= maxPayload) {
      payloads.push(unit);
      continue;
    }
    const first = unit[0] ?? 0;
    const second = unit[1] ?? 0;
    const type = (first >> 1) & 0x3f;
    fragment(unit, 2, maxPayload, payloads, (isFirst, isLast) => [
      (first & 0x81) | (49 << 1),
      second,
      (isFirst ? 0x80 : 0) | (isLast ? 0x40 : 0) | type,
    ]);
  }
  return payloads;
}

function fragment(
  unit: Uint8Array,
  headerBytes: number,
  maxPayload: number,
  into: Uint8Array[],
  prefix: (first: boolean, last: boolean) => number[],
): void {
  const room = maxPayload - prefix(true, true).length;
  for (let from = headerBytes; from < unit.length; from += room) {
    const to = Math.min(from + room, unit.length);
    const head = prefix(from === headerBytes, to === unit.length);
    const payload = new Uint8Array(head.length + to - from);
    payload.set(head);
    payload.set(unit.subarray(from, to), head.length);
    into.push(payload);
  }
}
