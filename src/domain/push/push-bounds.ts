import { dayMs } from '../bounds.ts';

/** Browsers that people want alerts on. */
export const pushBounds = {
  /** Of one principal, and of all. */
  perOwner: 8,
  devices: 200,
  /** Characters of a device's name, and of a push service's address. */
  name: 60,
  endpoint: 1_024,
  /** Bytes of a message before it is encrypted: 4096 with all that is around it (RFC 8291). */
  payload: 3_993,
  /** Characters of a title and of a text. */
  title: 120,
  text: 600,
  /** Deliveries that wait for a device, and their bytes. */
  waiting: 200,
  bytes: 2 ** 20,
  /** How long one is tried, milliseconds. */
  giveUpAfter: dayMs,
  /** Hosts and patterns of the configuration. */
  hosts: 32,
  /** Messages on their way at once, and how long the others wait for that, milliseconds. */
  atOnce: 16,
  waitMs: 600_000,
  /** How old rights may be when something is put into the outbox: they are read again when it leaves; milliseconds. */
  rightsMs: 1_000,
  /** Between two looks whether owners are still in force, milliseconds. */
  sweepMs: 30_000,
} as const;
