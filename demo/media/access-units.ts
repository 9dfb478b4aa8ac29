/** NAL unit types of H.264 that tell pictures apart. */
const delimiter = 9;
const keySlice = 5;

/**
 * Splits an H.264 byte stream (Annex B) at its access unit delimiters, which
 * are left out; `key` where an IDR slice is in the unit. Views, no copies.
 */
export function splitAccessUnits(
  stream: Uint8Array,
): readonly { readonly data: Uint8Array; readonly key: boolean }[] {
  const buffer = Buffer.from(stream.buffer, stream.byteOffset, stream.byteLength);
  const startCode = Buffer.from([0, 0, 1]);
  const pictures: { data: Uint8Array; key: boolean }[] = [];
  let begin = -1;
  let key = false;
  const end = (at: number): void => {
    if (begin >= 0 && at > begin) pictures.push({ data: stream.subarray(begin, at), key });
    begin = -1;
    key = false;
  };
  for (let at = buffer.indexOf(startCode); at !== -1; at = buffer.indexOf(startCode, at + 3)) {
    const start = at > 0 && buffer[at - 1] === 0 ? at - 1 : at;
    const type = (buffer[at + 3] ?? 0) & 0x1f;
    if (type === delimiter) end(start);
    else {
      if (begin < 0) begin = start;
      if (type === keySlice) key = true;
    }
  }
  end(stream.length);
  return pictures;
}
