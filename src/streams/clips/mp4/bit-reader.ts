/** Reads bits of a unit of H.264 or H.265, without the bytes that keep start codes out of it. */
export class BitReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(unit: Buffer) {
    const bytes: number[] = [];
    let zeros = 0;
    for (const byte of unit) {
      const isEscape = zeros >= 2 && byte === 3;
      if (!isEscape) bytes.push(byte);
      zeros = byte === 0 ? zeros + 1 : 0;
    }
    this.#bytes = Buffer.from(bytes);
  }

  /** An unsigned number of up to 31 bits. @throws RangeError past the end */
  read(count: number): number {
    let value = 0;
    for (let bit = 0; bit < count; bit += 1) {
      const byte = this.#bytes[this.#at >> 3];
      if (byte === undefined) throw new RangeError('Cannot read the unit: it ends too early');
      value = value * 2 + ((byte >> (7 - (this.#at & 7))) & 1);
      this.#at += 1;
    }
    return value;
  }

  /** @throws RangeError past the end */
  bytes(count: number): Buffer {
    return Buffer.from(Array.from({ length: count }, () => this.read(8)));
  }

  /** An unsigned Exp-Golomb number. @throws RangeError past the end, or beyond 31 bits */
  golomb(): number {
    let zeros = 0;
    while (this.read(1) === 0) zeros += 1;
    if (zeros > 30) throw new RangeError('Cannot read the unit: a number of it is too large');
    return 2 ** zeros - 1 + this.read(zeros);
  }
}
