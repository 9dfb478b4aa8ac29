import { loadavg } from 'node:os';
import type { Machine } from '../machine.ts';
import { counts, table } from '../markdown.ts';
import type { SoakResult } from './soak-run.ts';

export interface SoakVerdict {
  readonly markdown: string;
  /** Whether all that is promised was kept. */
  readonly isKept: boolean;
}

/** What must hold of a soak. */
const promised = { backSeconds: 10, handOverSeconds: 2, latencySeconds: 1 } as const;

/** The figures of a soak as a Markdown table, each held against what is promised. */
export function reportSoak(
  result: SoakResult,
  people: readonly string[],
  machine: Machine,
  setting: string,
): SoakVerdict {
  const { back, handedOver, latency } = result;
  const once = people.filter((name) => result.alerts.get(name) === 1).length;
  const alerts = [...result.alerts.values()].reduce((sum, each) => sum + each, 0);
  const promises: [string, string, boolean][] = [
    [
      'people on the list who passed / with exactly one alert / alerts in all',
      `${people.length} / ${once} / ${alerts}`,
      once === people.length && alerts === people.length,
    ],
    ['appearances that stand twice', String(result.tracksTwice), result.tracksTwice === 0],
    [
      'time in which a camera was pulled by two (looked at every 20 ms)',
      `${Math.round(result.twiceMs)} ms`,
      result.twiceMs === 0,
    ],
    [
      `cameras back after \`kill -9\`, median / longest of ${back.length} (at most ${promised.backSeconds} s)`,
      spread(back),
      back.length > 0 && Math.max(...back) <= promised.backSeconds,
    ],
    [
      `without pictures in a hand-over, median / longest of ${handedOver.length} (at most ${promised.handOverSeconds} s)`,
      spread(handedOver),
      handedOver.length === 0 || Math.max(...handedOver) <= promised.handOverSeconds,
    ],
    [
      `alert or sighting after capture, outside of failures, 99th percentile of ${latency.count} (below ${promised.latencySeconds} s)`,
      latency.count === 0 ? 'not measured' : `${latency.p99.toFixed(2)} s`,
      latency.count > 0 && latency.p99 < promised.latencySeconds,
    ],
  ];
  const { crossed } = result;
  const { whole, wholeInOrder } = result;
  const facts: [string, string][] = [
    ...(whole.length + wholeInOrder.length === 0
      ? []
      : ([
          [
            `others hold the lists of a matching node after \`kill -9\`, median / longest of ${whole.length}`,
            spread(whole),
          ],
          [
            `… after its end in order, median / longest of ${wholeInOrder.length}`,
            spread(wholeInOrder),
          ],
        ] as [string, string][])),
    [
      'killed: nodes / NATS / control node / PostgreSQL',
      [result.kills, result.natsKills, result.controlKills, result.postgresKills].join(' / '),
    ],
    ['sightings after the first', String(result.sightings)],
    [
      'faces / messages / bytes that crossed (without those that a killed control node had not yet counted)',
      `${crossed.keyframes} / ${crossed.messages} / ${(crossed.bytes / 1e6).toFixed(1)} MB`,
    ],
    ['given out again / dropped', `${result.redelivered} / ${counts(result.dropped)}`],
    ['longest time between two looks at the cameras', `${Math.round(result.unseenMs)} ms`],
  ];
  const { cpu, cores, date, node, commit } = machine;
  const load = loadavg()
    .map((each) => each.toFixed(1))
    .join(', ');
  const head = `${date}, ${cores} × ${cpu}, load ${load}, Node ${node}, commit ${commit}. ${setting}`;
  const rows = [
    ...promises.map(([what, value, isKept]) => [what, value, isKept ? 'kept' : '**missed**']),
    ...facts.map(([what, value]) => [what, value, '']),
  ];
  return {
    markdown: `${head}\n\n${table(['', 'measured', 'promise'], rows)}\n`,
    isKept: promises.every(([, , isKept]) => isKept),
  };
}

function spread(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const seconds = (value: number | undefined) =>
    value === undefined || !Number.isFinite(value) ? 'never' : `${value.toFixed(1)} s`;
  if (sorted.length === 0) return '–';
  return `${seconds(sorted[Math.floor(sorted.length / 2)])} / ${seconds(sorted.at(-1))}`;
}
