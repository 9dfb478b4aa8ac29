/** A box of an ISO media file (ISO/IEC 14496-12) with its content. */
export function box(type: string, ...content: readonly Uint8Array[]): Buffer {
  const length = content.reduce((sum, part) => sum + part.length, 8);
  return Buffer.concat([uint32(length), Buffer.from(type, 'latin1'), ...content], length);
}

/** A box with version and flags. */
export function fullBox(
  type: string,
  version: number,
  flags: number,
  ...content: readonly Uint8Array[]
): Buffer {
  return box(type, uint32(version * 2 ** 24 + flags), ...content);
}

export function uint8(...values: readonly number[]): Buffer {
  return Buffer.from(values);
}

export function uint16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, at) => void bytes.writeUInt16BE(value, at * 2));
  return bytes;
}

export function uint32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, at) => void bytes.writeUInt32BE(value, at * 4));
  return bytes;
}

export function int32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, at) => void bytes.writeInt32BE(value, at * 4));
  return bytes;
}

/** A table of runs: equal neighbours are counted together, as `stts` and `ctts` hold them. */
export function runs(values: readonly number[]): Buffer {
  const found: number[] = [];
  for (const value of values) {
    if (found.at(-1) === value) found[found.length - 2] = (found[found.length - 2] ?? 0) + 1;
    else found.push(1, value);
  }
  return Buffer.concat([uint32(found.length / 2), uint32(...found)]);
}
