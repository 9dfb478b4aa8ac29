/** The NAL units of an Annex B byte stream, without start codes and trailing zeros; views, no copies. */
export function splitNalUnits(data: Uint8Array): Uint8Array[] {
  const units: Uint8Array[] = [];
  const buffer = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const startCode = Buffer.from([0, 0, 1]);
  let start = -1;
  let at = buffer.indexOf(startCode);
  while (at !== -1) {
    if (start >= 0) push(start, at);
    start = at + 3;
    at = buffer.indexOf(startCode, start);
  }
  if (start >= 0) push(start, buffer.length);
  return units;

  function push(from: number, to: number): void {
    let end = to;
    while (end > from && buffer[end - 1] === 0) end -= 1;
    if (end > from) units.push(data.subarray(from, end));
  }
}

/** NAL unit type of H.264: 7 SPS, 8 PPS, 5 IDR slice. */
export function h264NalType(unit: Uint8Array): number {
  return (unit[0] ?? 0) & 0x1f;
}

/** NAL unit type of H.265: 32 VPS, 33 SPS, 34 PPS, 16..21 random access pictures. */
export function h265NalType(unit: Uint8Array): number {
  return ((unit[0] ?? 0) >> 1) & 0x3f;
}
