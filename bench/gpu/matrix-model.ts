/**
 * An ONNX model that multiplies a square matrix `a` with itself a few times:
 * the most arithmetic that a provider gets out of its chip.
 * @param side of the matrix
 * @param products in a row
 */
export function matrixModel(
  side: number,
  products: number,
  precision: 'fp32' | 'fp16',
): Uint8Array {
  const elementType = precision === 'fp32' ? 1 : 10;
  const names = Array.from({ length: products + 1 }, (_, at) =>
    at === 0 ? 'a' : at === products ? 'out' : `p${at}`,
  );
  const nodes = names
    .slice(1)
    .map((output, at) =>
      message(1, [text(1, names[at] as string), text(1, 'a'), text(2, output), text(4, 'MatMul')]),
    );
  const tensor = (field: number, name: string) =>
    message(field, [
      text(1, name),
      message(2, [
        message(1, [
          varint(1, elementType),
          message(2, [message(1, [varint(1, side)]), message(1, [varint(1, side)])]),
        ]),
      ]),
    ]);
  const graph = message(7, [...nodes, text(2, 'g'), tensor(11, 'a'), tensor(12, 'out')]);
  const opset = message(8, [varint(2, 17)]);
  return Buffer.concat([varint(1, 8), graph, opset]);
}

function varint(field: number, value: number): Buffer {
  return Buffer.from([...base128(field << 3), ...base128(value)]);
}

function text(field: number, content: string): Buffer {
  return bytes(field, Buffer.from(content));
}

function message(field: number, parts: readonly Buffer[]): Buffer {
  return bytes(field, Buffer.concat(parts));
}

function bytes(field: number, content: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from([...base128((field << 3) | 2), ...base128(content.length)]),
    content,
  ]);
}

function base128(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...base128(value >>> 7)];
}
