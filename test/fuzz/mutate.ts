import type { Random } from './random.ts';

/** Inputs do not grow beyond this, bytes. */
export const maxInput = 256 * 1024;

/** Integers at which parsers fail: bounds of 8, 16, 32 and 53 bits, and what is no number. */
const numbers = [
  ...['-1', '0', '1', '255', '256', '65535', '65536', '2147483647', '2147483648', '4294967295'],
  ...['4294967296', '9007199254740991', '9007199254740992', '9.1e15', '1e308', '-0', 'NaN', 'null'],
];

type Mutation = (input: Buffer, random: Random, others: readonly Uint8Array[]) => Buffer;

const flipBit: Mutation = (input, random) => {
  const out = Buffer.from(input);
  const at = random.below(out.length);
  out[at] = (out[at] ?? 0) ^ (1 << random.below(8));
  return out;
};

const setByte: Mutation = (input, random) => {
  const out = Buffer.from(input);
  out[random.below(out.length)] = random.pick([0, 1, 0x7f, 0x80, 0xff, 0x0a, 0x22, 0x24]);
  return out;
};

const cut: Mutation = (input, random) => {
  const from = random.below(input.length);
  const to = from + 1 + random.below(Math.min(input.length - from, 64));
  return Buffer.concat([input.subarray(0, from), input.subarray(to)]);
};

const end: Mutation = (input, random) => input.subarray(0, random.below(input.length));

const repeat: Mutation = (input, random) => {
  const from = random.below(input.length);
  const part = input.subarray(from, from + 1 + random.below(64));
  const times = 1 + random.below(random.below(8) === 0 ? 1_000 : 4);
  return Buffer.concat([
    input.subarray(0, from),
    ...Array.from({ length: times }, () => part),
    input.subarray(from),
  ]);
};

const splice: Mutation = (input, random, others) => {
  const other = random.pick(others);
  const at = random.below(input.length);
  const from = random.below(other.length);
  return Buffer.concat([input.subarray(0, at), other.subarray(from), input.subarray(at)]);
};

const fill: Mutation = (input, random) => {
  const out = Buffer.from(input);
  const from = random.below(out.length);
  for (let at = from; at < Math.min(out.length, from + 16); at += 1) out[at] = random.below(256);
  return out;
};

/** Another number where one stands as text. */
const renumber: Mutation = (input, random) => {
  const text = input.toString('latin1');
  const found = [...text.matchAll(/-?\d+(?:\.\d+)?/g)];
  const chosen = found.length === 0 ? undefined : random.pick(found);
  if (chosen === undefined) return flipBit(input, random, []);
  const { index } = chosen;
  const after = index + chosen[0].length;
  return Buffer.from(text.slice(0, index) + random.pick(numbers) + text.slice(after), 'latin1');
};

const mutations = [flipBit, flipBit, setByte, cut, end, repeat, splice, fill, renumber, renumber];

/** One to four changes of an input; never empty, never beyond `maxInput`. */
export function mutate(seeds: readonly Uint8Array[], random: Random): Buffer {
  let out = Buffer.from(random.pick(seeds));
  for (let left = 1 + random.below(4); left > 0 && out.length > 0; left -= 1) {
    out = Buffer.from(random.pick(mutations)(out, random, seeds).subarray(0, maxInput));
  }
  return out.length === 0 ? Buffer.from([random.below(256)]) : out;
}
