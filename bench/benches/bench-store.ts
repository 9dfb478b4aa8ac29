import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { Skipped } from '../bench.ts';
import { runChild } from '../child.ts';
import { table } from '../markdown.ts';
import type { Summary } from '../samples.ts';
import { BenchPostgres, noPostgres } from '../store/postgres-server.ts';

const program = join(import.meta.dirname, './store-process.ts');
export const dimension = 512;

export interface StoreOrder {
  readonly folder: string;
  /** Of PostgreSQL. */
  readonly url: string;
  /** Templates of the small list and of the large one, one a person. */
  readonly templates: readonly [small: number, large: number];
  /** Alerts that are there before anything is measured. */
  readonly alerts: number;
  /** How often each is measured. */
  readonly samples: number;
  /** The same for what takes long. */
  readonly runs: number;
}

/** What is measured, in the order of the table. */
export const operations = {
  alert: 'an alert with five pictures is stored',
  sighting: 'a sighting joins an alert',
  audit: 'an audit record is appended',
  page: 'a page of 200 alerts is read',
  picture: 'a picture of an alert is read',
  open: 'alerts without a verdict are counted',
  statistics: 'statistics of all alerts',
  retention: 'four alerts are deleted, their time has come',
  verify: 'the audit log is verified',
  small: 'the small list is loaded at the start',
  large: 'both lists are loaded at the start',
} as const;
export type StoreOperation = keyof typeof operations;

/** Milliseconds. */
export interface StoreTimes {
  readonly time: Summary;
  /** Longest time in which the event loop did nothing else. */
  readonly hold: number;
}

export interface StoreFloor {
  /** One row of 400 bytes, committed. */
  readonly write: Summary;
  /** One row with as many bytes as an alert's pictures, committed. */
  readonly pictures: Summary;
  /** `SELECT 1`. */
  readonly read: Summary;
}

export interface StoreFigures {
  readonly server: string;
  readonly templates: readonly [number, number];
  readonly alerts: number;
  readonly pictureBytes: number;
  readonly auditRecords: number;
  /** Rows and seconds of `store move`, which filled PostgreSQL. */
  readonly move: { readonly rows: number; readonly seconds: number };
  readonly floor: { readonly sqlite: StoreFloor; readonly postgres: StoreFloor };
  readonly sqlite: Readonly<Record<StoreOperation, StoreTimes>>;
  readonly postgres: Readonly<Record<StoreOperation, StoreTimes>>;
}

/** The services on SQLite against the same on PostgreSQL, in turns. */
export const storeBench: Bench = {
  name: 'store',
  summary: 'records in SQLite against PostgreSQL: alerts, lists, galleries of 100 k, the audit log',
  async run(context) {
    if (noPostgres !== false) throw new Skipped(noPostgres);
    context.say('SQLite against PostgreSQL');
    await using server = await BenchPostgres.start();
    const order: StoreOrder = {
      folder: join(context.workDir, 'store'),
      url: server.url,
      templates: context.quick ? [1000, 10_000] : [10_000, 100_000],
      alerts: context.quick ? 5000 : 20_000,
      samples: context.quick ? 50 : 200,
      runs: context.runs,
    };
    const measured = JSON.parse(await runChild({ args: [program, JSON.stringify(order)] })) as Omit<
      StoreFigures,
      'server'
    >;
    const figures: StoreFigures = { ...measured, server: server.version };
    return { figures, markdown: report(figures), bound: bound(figures) };
  },
};

function report(figures: StoreFigures): string {
  const { floor, sqlite, postgres, server, move } = figures;
  const names = Object.keys(operations) as StoreOperation[];
  const large = (count: number) => count.toLocaleString('en-US');
  return [
    `${server} on this machine with its usual settings, by a Unix socket; SQLite as the program uses it. Both hold the same: ${large(figures.templates[0])} and ${large(figures.templates[1])} people with a template and a poor view each, ${large(figures.alerts)} alerts, ${large(figures.auditRecords)} audit records; \`store move\` brought ${large(move.rows)} rows from one to the other in ${move.seconds.toFixed(0)} s. In turns, through the services, by the clock. The pictures of an alert that is stored have ${Math.round(figures.pictureBytes / 1024)} KiB.`,
    table(
      ['', 'SQLite, median / longest', 'PostgreSQL, median / longest', 'ratio', 'n'],
      names.map((name) => [
        operations[name],
        times(sqlite[name].time),
        times(postgres[name].time),
        ratio(postgres[name].time, sqlite[name].time),
        String(postgres[name].time.n),
      ]),
    ),
    'The floor, in the same run: bare statements, by `node:sqlite` with the same settings and by `pg`.',
    table(
      ['', 'SQLite', 'PostgreSQL', 'ratio'],
      (['write', 'pictures', 'read'] as const).map((name) => [
        floors[name],
        times(floor.sqlite[name]),
        times(floor.postgres[name]),
        ratio(floor.postgres[name], floor.sqlite[name]),
      ]),
    ),
    `Against that floor: an alert costs ${ratio(sqlite.alert.time, floor.sqlite.pictures)} of a bare write of its bytes in SQLite and ${ratio(postgres.alert.time, floor.postgres.pictures)} in PostgreSQL; an audit record ${ratio(sqlite.audit.time, floor.sqlite.write)} and ${ratio(postgres.audit.time, floor.postgres.write)} of a small one; a page of alerts ${ratio(postgres.page.time, floor.postgres.read)} of a bare round trip.`,
    'The longest hold of the event loop in one of them; a statement of PostgreSQL that holds it for 2.5 s counts as a lost connection:',
    table(
      ['', 'SQLite', 'PostgreSQL'],
      names.map((name) => [operations[name], ms(sqlite[name].hold), ms(postgres[name].hold)]),
    ),
  ].join('\n\n');
}

const floors = {
  write: 'a row of 400 bytes is committed',
  pictures: 'a row with the bytes of an alert is committed',
  read: '`SELECT 1`',
} as const;

function bound({ postgres, floor }: StoreFigures): string {
  const trips = postgres.sighting.time.median / floor.postgres.read.median;
  return `round trips: a sighting takes as long as ${trips.toFixed(0)} bare ones, each by way of a worker thread; at a large list the vectors, which PostgreSQL sends as text.`;
}

function times({ median, max }: Summary): string {
  return `${ms(median)} / ${ms(max)}`;
}

function ms(value: number): string {
  return `${value.toFixed(value < 1 ? 3 : value < 10 ? 2 : 0)} ms`;
}

function ratio(of: Summary, against: Summary): string {
  const times = of.median / against.median;
  return `${times.toFixed(times < 10 ? 1 : 0)} ×`;
}
