/**
 * XMP in JPEG as in the XMP specification, part 3 (Adobe, 2020), 1.1.3: one packet in an APP1
 * segment that begins with a namespace and a zero byte. Segments as in ITU-T T.81, annex B.
 */

const header = new TextEncoder().encode('http://ns.adobe.com/xap/1.0/\0');
/** A segment's length is two bytes, and counts them. */
const maxSegment = 0xffff;

const app0 = 0xe0;
const app1 = 0xe1;

interface Segment {
  readonly marker: number;
  /** Of its marker, and of the byte behind it. */
  readonly start: number;
  readonly end: number;
}

/**
 * The JPEG with this packet, behind its JFIF segment where it has one (JFIF wants to be first).
 * @throws RangeError where the bytes are no JPEG, or the packet is too long for a segment
 */
export function insertXmp(jpeg: Uint8Array, packet: string): Uint8Array {
  if (jpeg[0] !== 0xff || jpeg[1] !== 0xd8) {
    throw new RangeError('Cannot put XMP into a picture: it is no JPEG');
  }
  const body = new TextEncoder().encode(packet);
  const length = 2 + header.length + body.length;
  if (length > maxSegment) {
    throw new RangeError(`Cannot put XMP into a picture: ${body.length} bytes are too many`);
  }
  const [first] = applicationSegments(jpeg);
  const at = first?.marker === app0 ? first.end : 2;
  const marked = new Uint8Array(jpeg.length + 2 + length);
  marked.set(jpeg.subarray(0, at));
  marked.set([0xff, app1, length >> 8, length & 0xff], at);
  marked.set(header, at + 4);
  marked.set(body, at + 4 + header.length);
  marked.set(jpeg.subarray(at), at + 2 + length);
  return marked;
}

/** Whether a packet of the JPEG is one that is asked for. False of what is no JPEG. */
export function hasXmp(jpeg: Uint8Array, wanted: (packet: string) => boolean): boolean {
  return xmpSegments(jpeg, wanted).length > 0;
}

/** The JPEG without the packets that are asked for; the same bytes where it has none. */
export function withoutXmp(jpeg: Uint8Array, wanted: (packet: string) => boolean): Uint8Array {
  const found = xmpSegments(jpeg, wanted);
  if (found.length === 0) return jpeg;
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const { start, end } of found) {
    parts.push(jpeg.subarray(from, start));
    from = end;
  }
  parts.push(jpeg.subarray(from));
  const kept = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    kept.set(part, at);
    at += part.length;
  }
  return kept;
}

function xmpSegments(jpeg: Uint8Array, wanted: (packet: string) => boolean): Segment[] {
  return applicationSegments(jpeg).filter(({ marker, start, end }) => {
    const body = jpeg.subarray(start + 4, end);
    return (
      marker === app1 &&
      header.every((byte, at) => body[at] === byte) &&
      wanted(new TextDecoder().decode(body.subarray(header.length)))
    );
  });
}

/** APP segments and comments at the head of a JPEG, up to the first other segment. */
function applicationSegments(jpeg: Uint8Array): Segment[] {
  if (jpeg[0] !== 0xff || jpeg[1] !== 0xd8) return [];
  const found: Segment[] = [];
  let start = 2;
  while (start + 4 <= jpeg.length && jpeg[start] === 0xff) {
    const marker = jpeg[start + 1] as number;
    const isHead = (marker >= app0 && marker <= 0xef) || marker === 0xfe;
    const length = ((jpeg[start + 2] as number) << 8) | (jpeg[start + 3] as number);
    const end = start + 2 + length;
    if (!isHead || length < 2 || end > jpeg.length) break;
    found.push({ marker, start, end });
    start = end;
  }
  return found;
}
