import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { table } from '../markdown.ts';
import {
  deliverUnderFaults,
  type FaultFigures,
  type ReceiverFigures,
} from '../outbox/deliver-under-faults.ts';

/** Delivery to receivers outside while one of them is down and the program is killed. */
export const outboxBench: Bench = {
  name: 'outbox',
  summary: 'delivery under faults: 10,000 alerts, a receiver down for an hour, ten kills',
  async run(context) {
    context.say('Delivery under faults');
    const folder = join(context.workDir, 'outbox');
    rmSync(folder, { recursive: true, force: true });
    const figures = await deliverUnderFaults({
      ...{ folder, seed: 20261129, speed: context.quick ? 600 : 120 },
      alerts: context.quick ? 1_000 : 10_000,
      kills: context.quick ? 3 : 10,
    });
    rmSync(folder, { recursive: true, force: true });
    return { figures, markdown: report(figures), bound: bound(figures) };
  },
};

function report({ stored, kills, seconds, up, down, heap, faults }: FaultFigures): string {
  const row = (name: string, of: ReceiverFigures) => [
    ...[name, number(of.events), number(of.missing), number(of.outOfOrder)],
    ...[number(of.repeated), number(of.unsigned)],
  ];
  return [
    `${number(stored)} events (alerts and sightings) were stored and sent to two receivers by webhook, each with a picture and signed, in ${Math.round(seconds)} s; the program was killed ${kills} times by SIGKILL and started again on the same folder. Dead letters and losses: ${faults.length}.`,
    table(
      ['receiver', 'events that came', 'missing', 'out of order', 'repeated', 'wrongly signed'],
      [row('up', up), row('down for the first hour of its clock', down)],
    ),
    `Heap after a collection: ${mib(heap.least)} to ${mib(heap.most)} MiB, with up to ${number(heap.mostWaiting)} deliveries that waited.`,
  ].join('\n\n');
}

function bound({ heap }: FaultFigures): string {
  return `One fsync an alert, and one for 32 deliveries; what waits is in the database alone: ${number(heap.mostWaiting)} deliveries took no more than ${mib(heap.most - heap.least)} MiB of the heap.`;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
