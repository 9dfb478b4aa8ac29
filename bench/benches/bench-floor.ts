import type { Bench, BenchContext } from '../bench.ts';
import { type FloorResult, measureFloor } from '../floor.ts';
import type { LatencyResult } from '../latency.ts';
import type { LatencyFigures } from '../latency-report.ts';
import { runLive } from '../live-setting.ts';
import { ms, table, withSpread } from '../markdown.ts';
import { profileByRoom, type RoomTime } from '../profile-rooms.ts';
import { withProfiles } from '../profile-summary.ts';
import { spread } from '../samples.ts';

const cameras = 4;
const aim = 1.25;

/** The whole pipeline's processor time against the bare loop of the same native calls. */
export const floorBench: Bench = {
  name: 'floor',
  summary: 'processor time of the whole pipeline against the bare native calls of the same work',
  async run(context) {
    const footage = await context.footage('usual');
    const known = knownRuns(context);
    const results: FloorResult[] = [];
    for (let at = 0; at < context.runs; at += 1) {
      if (known[at] === undefined) context.say(`Floor: the product with ${cameras} cameras`);
      const run = known[at] ?? (await runLive(context, { cameras }));
      context.say('Floor: the same work in a bare loop');
      results.push(await measureFloor(run, footage, context.manifest));
    }
    context.say(`Floor: profile of ${cameras} cameras`);
    const rooms = await withProfiles(context.workDir, async (profile) => {
      await runLive(context, { cameras, profile });
      return profileByRoom(profile, context.seconds);
    });
    return {
      figures: { runs: results, rooms },
      markdown: [report(results), roomReport(rooms, results)].join('\n\n'),
      bound: bound(results, rooms),
    };
  },
};

/** Runs of the latency measurement with as many cameras serve here too. */
function knownRuns({ before }: BenchContext): readonly LatencyResult[] {
  const latency = before.get('latency') as readonly LatencyFigures[] | undefined;
  const setting = latency?.find((each) => each.title === `${cameras} cameras`);
  return setting?.runs.filter((run) => run.work.framesAnalysed > 0) ?? [];
}

function report(results: readonly FloorResult[]): string {
  const of = (pick: (result: FloorResult) => number, show: (value: number) => string) =>
    withSpread(spread(results.map(pick)), show);
  const frames = results.reduce((sum, { work }) => sum + work.framesAnalysed, 0);
  const parts = Object.keys(results[0]?.parts ?? {});
  const perSecond = (msAFrame: (result: FloorResult) => number) =>
    of(
      (result) => (msAFrame(result) * result.framesASecond) / 1000,
      (value) => `${value.toFixed(3)} s`,
    );
  return [
    table(
      [`${cameras} cameras, ${frames} frames analysed`, 'the product', 'the bare loop', 'ratio'],
      [
        [
          'processor time an analysed frame',
          of(({ product }) => product, ms),
          of(({ floor }) => floor, ms),
          `**${of(
            ({ ratio }) => ratio,
            (value) => value.toFixed(2),
          )}**, aim ${aim}`,
        ],
        [
          'processor seconds a camera second',
          perSecond(({ product }) => product),
          perSecond(({ floor }) => floor),
          '',
        ],
      ],
    ),
    table(
      ['part of the bare loop', 'processor time an analysed frame'],
      parts.map((part) => [
        part,
        of(
          (result) => result.parts[part] ?? 0,
          (value) => `${value.toFixed(2)} ms`,
        ),
      ]),
    ),
  ].join('\n\n');
}

/** Milliseconds of the event loop's thread an analysed frame. */
function perFrame({ milliseconds }: RoomTime, results: readonly FloorResult[]): number {
  return milliseconds / ((results[0]?.framesASecond ?? Number.NaN) * cameras);
}

function roomReport(rooms: readonly RoomTime[], results: readonly FloorResult[]): string {
  return [
    `The event loop's thread does nothing that the bare loop does. Where its time goes (V8's profile of a run of its own; wall time, waits for the disk included; native functions count for the room that called them):`,
    table(
      ["part of the product, on the event loop's thread", 'time an analysed frame'],
      rooms
        .filter((room) => perFrame(room, results) >= 0.05)
        .map((room) => [`\`${room.room}\``, `${perFrame(room, results).toFixed(2)} ms`]),
    ),
  ].join('\n\n');
}

function bound(results: readonly FloorResult[], rooms: readonly RoomTime[]): string {
  const { parts = {}, floor = Number.NaN, product = Number.NaN } = results[0] ?? {};
  const [name, cost] = Object.entries(parts).sort(([, a], [, b]) => b - a)[0] ?? ['', 0];
  return `by the ${name} calls: ${ms(cost)} of the ${ms(floor)} that the bare loop takes. The ${ms(product - floor)} beyond it are what receives, tracks, judges, cuts, matches, stores, tells and collects garbage. The event loop's thread is busy or waits for the disk for ${ms(rooms.reduce((sum, room) => sum + perFrame(room, results), 0))} a frame, most of that in ${rooms
    .slice(0, 3)
    .map(({ room }) => `\`${room}\``)
    .join(', ')}.`;
}
