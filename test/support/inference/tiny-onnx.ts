/**
 * Writes ONNX files by hand: models of a few operators whose results a test can
 * foretell, made where they are needed instead of shipped. Field numbers are those
 * of `onnx.proto`.
 */
type Bytes = number[];

function varint(value: number): Bytes {
  const bytes: Bytes = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}
const int = (field: number, value: number): Bytes => [...varint(field * 8), ...varint(value)];
const chunk = (field: number, bytes: Iterable<number>): Bytes => {
  const body = [...bytes];
  return [...varint(field * 8 + 2), ...varint(body.length), ...body];
};
const text = (field: number, value: string): Bytes => chunk(field, new TextEncoder().encode(value));

/** An operator: type, inputs, outputs, whole-number attributes (lists or scalars) or strings. */
export interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, number | readonly number[] | string>>;
}

/** A constant tensor. */
export interface Constant {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: 'float32' | 'int64';
  readonly values: readonly number[];
}

/** An input or output; a string is a free dimension. */
export interface Port {
  readonly name: string;
  readonly dims: readonly (number | string)[];
}

function node({ op, inputs, outputs, attributes = {} }: Node): Bytes {
  return [
    ...inputs.flatMap((name) => text(1, name)),
    ...outputs.flatMap((name) => text(2, name)),
    ...text(4, op),
    ...Object.entries(attributes).flatMap(([name, value]) => {
      const typed =
        typeof value === 'number'
          ? [...int(3, value), ...int(20, 2)]
          : typeof value === 'string'
            ? [...text(4, value), ...int(20, 3)]
            : [...value.flatMap((item) => int(8, item)), ...int(20, 7)];
      return chunk(5, [...text(1, name), ...typed]);
    }),
  ];
}

function constant({ name, dims, type, values }: Constant): Bytes {
  const raw =
    type === 'float32'
      ? new Uint8Array(new Float32Array(values).buffer)
      : new Uint8Array(new BigInt64Array(values.map(BigInt)).buffer);
  return [
    ...dims.flatMap((dim) => int(1, dim)),
    ...int(2, type === 'float32' ? 1 : 7),
    ...text(8, name),
    ...chunk(9, raw),
  ];
}

function port({ name, dims }: Port): Bytes {
  const shape = dims.flatMap((dim) =>
    chunk(1, typeof dim === 'number' ? int(1, dim) : text(2, dim)),
  );
  return [...text(1, name), ...chunk(2, chunk(1, [...int(1, 1), ...chunk(2, shape)]))];
}

/** The bytes of a model file, opset 17, float32 ports. */
export function tinyOnnx(graph: {
  readonly nodes: readonly Node[];
  readonly constants?: readonly Constant[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}): Uint8Array {
  const body = [
    ...graph.nodes.flatMap((entry) => chunk(1, node(entry))),
    ...text(2, 'tiny'),
    ...(graph.constants ?? []).flatMap((entry) => chunk(5, constant(entry))),
    ...graph.inputs.flatMap((entry) => chunk(11, port(entry))),
    ...graph.outputs.flatMap((entry) => chunk(12, port(entry))),
  ];
  return Uint8Array.from([...int(1, 8), ...chunk(7, body), ...chunk(8, int(2, 17))]);
}
