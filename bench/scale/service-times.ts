import { z } from 'zod';

const ms = z.number().min(0).max(60_000);
/** Measured times, milliseconds; a run draws from them. */
const samples = z.array(ms).min(1).max(500);

/** What `npm run simulate -- measure` writes: processor time of the product's parts, by real runs. */
export const serviceTimesSchema = z.strictObject({
  machine: z.strictObject({
    cpu: z.string().max(200),
    cores: z.int().min(1).max(4096),
    memoryGiB: z.number(),
    node: z.string().max(40),
    date: z.string().max(40),
    commit: z.string().max(80),
    /** Share of the machine's processor that was in use before, 0..1. */
    busyBefore: z.number().min(0).max(1),
    /** Of the last minute before. */
    loadBefore: z.number().min(0),
  }),
  camera: z.strictObject({
    width: z.int().min(16).max(8192),
    height: z.int().min(16).max(8192),
    /** Pictures a second, and those of them that are looked at. */
    framesPerSecond: z.number().min(0.1).max(120),
    analysedPerSecond: z.number().min(0.1).max(120),
  }),
  /** A picture is decoded. */
  decode: samples,
  /** The program's own thread, a decoded picture of a scene without anybody, motion looked at. */
  quietFrame: samples,
  /** The same, an analysed picture with people: tracks, grades, cuts. */
  busyFrame: samples,
  detect: samples,
  /** A face through enhancement, and through both recognisers and their fusion. */
  enhance: samples,
  embed: samples,
  /** A sealed face to the NATS server and out of it, by the clock. */
  transport: samples,
  /** Time of the NATS server a message when many come, milliseconds. */
  natsMessage: samples,
  /** The control node opens, checks and unpacks a face; a note. */
  receiveFace: samples,
  receiveNote: samples,
  /** An alert with its pictures is stored. */
  store: samples,
  /** A pass over a gallery, for one face and for sixteen at once. */
  match: z
    .array(z.strictObject({ templates: z.int().min(1), one: ms, sixteen: ms }))
    .min(1)
    .max(20),
});

export type ServiceTimes = z.infer<typeof serviceTimesSchema>;

/** Reads the file's text. @throws Error that names what is wrong */
export function readServiceTimes(text: string): ServiceTimes {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('The service times are not JSON');
  }
  const read = serviceTimesSchema.safeParse(value);
  if (!read.success) throw new Error(`The service times are wrong: ${z.prettifyError(read.error)}`);
  return read.data;
}

/**
 * Milliseconds of a pass over a gallery: straight lines between the sizes that were measured, by
 * the largest in proportion beyond it.
 * @param probes 1 to 16
 */
export function passMs({ match }: ServiceTimes, templates: number, probes: number): number {
  const sizes = match.toSorted((a, b) => a.templates - b.templates);
  const of = (pick: (size: (typeof sizes)[number]) => number): number => {
    const above = sizes.findIndex((size) => size.templates >= templates);
    const high = sizes.at(above) as (typeof sizes)[number];
    if (above === -1) return (pick(high) * templates) / high.templates;
    const low = sizes[above - 1];
    if (low === undefined) return (pick(high) * templates) / high.templates;
    const share = (templates - low.templates) / (high.templates - low.templates);
    return pick(low) + share * (pick(high) - pick(low));
  };
  const one = of((size) => size.one);
  const sixteen = Math.max(
    one,
    of((size) => size.sixteen),
  );
  return one + ((sixteen - one) * (probes - 1)) / 15;
}
