/** A lossless WebP of one colour: fifty bytes, however large it claims to be. */
export function plainWebp(width: number, height: number): Buffer {
  return riff(chunk('VP8L', lossless(width, height)));
}

/** A WebP whose outer header says `canvas`, and whose picture is of another size. */
export function disagreeingWebp(canvas: number, picture: number): Buffer {
  return riff(extended(canvas, 0), chunk('VP8L', lossless(picture, picture)));
}

/** An animation of two pictures of one colour. */
export function animatedWebp(side: number): Buffer {
  const loops = Buffer.alloc(6);
  const place = Buffer.alloc(16);
  place.writeUIntLE(side - 1, 6, 3);
  place.writeUIntLE(side - 1, 9, 3);
  place.writeUIntLE(100, 12, 3);
  const frame = chunk('ANMF', Buffer.concat([place, chunk('VP8L', lossless(side, side))]));
  return riff(extended(side, 2), chunk('ANIM', loops), frame, frame);
}

function extended(side: number, flags: number): Buffer {
  const body = Buffer.alloc(10);
  body[0] = flags;
  body.writeUIntLE(side - 1, 4, 3);
  body.writeUIntLE(side - 1, 7, 3);
  return chunk('VP8X', body);
}

function riff(...chunks: Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.from('WEBP', 'latin1'), ...chunks]);
  return chunk('RIFF', body);
}

function chunk(name: string, body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, 0, 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}

/** VP8L data of one colour: five Huffman codes of one symbol each, so no bit a pixel. */
function lossless(width: number, height: number): Buffer {
  const bits: number[] = [];
  const put = (value: number, count: number) => {
    for (let bit = 0; bit < count; bit += 1) bits.push((value >> bit) & 1);
  };
  put(0x2f, 8);
  put(width - 1, 14);
  put(height - 1, 14);
  // No alpha, version 0, no transform, no colour cache, no meta codes.
  put(0, 1 + 3 + 1 + 1 + 1);
  for (let code = 0; code < 5; code += 1) {
    put(1, 1);
    put(0, 3);
  }
  const bytes = Buffer.alloc(Math.ceil(bits.length / 8) + 4);
  for (const [at, bit] of bits.entries())
    bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (bit << (at & 7));
  return bytes;
}
