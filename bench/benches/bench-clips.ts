import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Alert, NightglassClient } from '../../src/client/nightglass-client.ts';
import type { Bench, BenchContext } from '../bench.ts';
import { startChild } from '../child.ts';
import { type ClipShown, openClipPage } from '../clips/clip-page.ts';
import { ms, table, withSpread } from '../markdown.ts';
import { type Spread, spread } from '../samples.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** From capture to a clip that plays, of which ten seconds are the time after, milliseconds. */
const aim = 12_000;
/** Somebody wanted passes within the footage's sixteen seconds. */
const firstAlertMs = 90_000;

/** Milliseconds from the capture of an alert's picture. */
interface ClipRun {
  /** The alert came over the socket. */
  readonly alert: number;
  /** Its clip was said to be ready, over the same socket. */
  readonly ready: number;
  /** A client had the whole file. */
  readonly fetched: number;
  /** The open page offered it, and the browser had decoded a picture of it; null without a browser. */
  readonly shown: ClipShown | null;
  readonly bytes: number;
  readonly duration: number;
}

type ReadyClip = Extract<Alert['clip'], { readonly state: 'ready' }>;

/** An appearance that the socket told of when it began. */
interface Begun {
  readonly id: string;
  /** 0 for the alert's own, else the sighting's. */
  readonly number: number;
  readonly capturedAt: number;
  readonly came: number;
}

interface ClipFigures {
  readonly runs: readonly ClipRun[];
}

/** When the seconds around an alert can be played, on the demo as `npm start` runs it. */
export const clipsBench: Bench = {
  name: 'clips',
  summary: 'from the capture of an alert to a clip that plays in the open page, on the demo',
  async run(context) {
    const runs: ClipRun[] = [];
    for (let run = 0; run < context.runs; run += 1) {
      context.say(`Clips: run ${run + 1} of ${context.runs}`);
      const folder = await mkdtemp(join(context.workDir, 'clips-'));
      try {
        runs.push(await measure(folder, context));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    }
    const figures: ClipFigures = { runs };
    return { figures, markdown: report(figures), bound: bound(figures) };
  },
};

async function measure(folder: string, { workDir }: BenchContext): Promise<ClipRun> {
  const footage = join(root, 'data/demo');
  const log = openSync(join(workDir, 'clips.log'), 'a');
  try {
    await using demo = await startChild<{ address: string }>({
      args: [
        ...[join(root, 'src/cli/main.ts'), 'demo', '--json', '--port', '0'],
        ...['--data', folder, '--footage', footage],
      ],
      cwd: root,
      errors: log,
      readyWithinMs: 300_000,
    });
    const { address } = demo.ready;
    const client = new NightglassClient({ address });
    const first = Promise.withResolvers<Begun>();
    const ready = Promise.withResolvers<readonly [ReadyClip, number]>();
    let begun: Begun | undefined;
    const watch = client.watch({
      topics: ['alerts'],
      onAlert: (alert) => {
        const newest = alert.sightings.at(-1);
        // A better face changes the picture of an appearance later; its clip is about the first.
        if (begun === undefined && alert.change !== 'updated') {
          const { capturedAt } = newest ?? alert;
          begun = { id: alert.id, number: newest?.number ?? 0, capturedAt, came: Date.now() };
          first.resolve(begun);
        }
        if (begun === undefined || alert.id !== begun.id) return;
        const { number } = begun;
        const { clip } = number === 0 ? alert : (alert.sightings[number - 1] ?? alert);
        if (clip.state === 'ready') ready.resolve([clip, Date.now()]);
      },
    });
    const late = setTimeout(() => {
      const error = new Error(`No clip within ${firstAlertMs / 1000} s`);
      first.reject(error);
      ready.reject(error);
    }, firstAlertMs);
    try {
      const page = await openClipPage(address);
      await using _ = page;
      const { id, number, capturedAt, came } = await first.promise;
      const [shown, [clip, readyAt, fetchedAt]] = await Promise.all([
        page?.watch(id, number) ?? null,
        ready.promise.then(async ([made, at]) => {
          await client.clip(id, number);
          return [made, at, Date.now()] as const;
        }),
      ]);
      const since = (at: number) => at - capturedAt;
      return {
        ...{ alert: since(came), ready: since(readyAt), fetched: since(fetchedAt) },
        shown: shown && { offered: since(shown.offered), playable: since(shown.playable) },
        ...{ bytes: clip.bytes, duration: clip.duration },
      };
    } finally {
      clearTimeout(late);
      watch.close();
    }
  } finally {
    closeSync(log);
  }
}

function report({ runs }: ClipFigures): string {
  const of = (read: (run: ClipRun) => number | undefined): string => {
    const values = runs.map(read).filter((value) => value !== undefined);
    return values.length === 0 ? 'no browser here' : withSpread(spread(values), ms);
  };
  const rows = [
    ['the alert or sighting is on the socket', of(({ alert }) => alert)],
    ['the socket says that its clip is ready', of(({ ready }) => ready)],
    ['a client has the file', of(({ fetched }) => fetched)],
    ['the open page offers it, without a reload', of(({ shown }) => shown?.offered)],
    ['**the page has decoded it and can play**', of(({ shown }) => shown?.playable)],
  ];
  const size = spread(runs.map(({ bytes }) => bytes / 2 ** 20)).median;
  const length = spread(runs.map(({ duration }) => duration / 1000)).median;
  return [
    `The demo as \`npm start\` runs it, started for each run; the first appearance of each (alert or sighting) that came over the socket. Page and client run on the same machine. A clip had ${length.toFixed(1)} s and ${size.toFixed(1)} MiB. Aim: it plays within ${aim / 1000} s of the capture, ten of which are the seconds after it.`,
    table(['since the capture of the picture', 'time'], rows),
  ].join('\n\n');
}

function bound({ runs }: ClipFigures): string {
  const worst: Spread = spread(runs.map(({ shown, fetched }) => shown?.playable ?? fetched));
  return `the ten seconds after the picture, which have to pass; then the last picture's way to the ring, the writing, and the page's fetch. Worst of all runs: ${ms(worst.high)}.`;
}
