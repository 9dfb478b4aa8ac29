/*
 * Measures what a scrape of /metrics costs: every series that so many cameras
 * and watchlists can have, over a real HTTP connection.
 *
 *   node scripts/measure-scrape.ts [CAMERAS] [WATCHLISTS]
 */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus } from 'node:os';
import { FrameLedger } from '../src/domain/frame/ledger.ts';
import { createMetrics } from '../src/telemetry/metrics.ts';
import { fillMetrics } from './monitoring/fill-metrics.ts';

const [cameras = 64, watchlists = 16] = process.argv.slice(2).map(Number);
const runs = 300;
// The first scrapes run cold; an operator's Prometheus sees them once.
const cold = 20;

const ledger = new FrameLedger();
const metrics = createMetrics({ ledger, version: '0' });
fillMetrics(metrics, ledger, { cameras, watchlists });
const blocked: number[] = [];
const server = createServer(async (_request, response) => {
  const started = performance.now();
  const before = process.cpuUsage();
  const text = await metrics.text();
  const { user, system } = process.cpuUsage(before);
  if (blocked.length >= cold) making += (user + system) / 1000;
  blocked.push(performance.now() - started);
  response.end(text);
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;

const whole: number[] = [];
let text = '';
let cpu = process.cpuUsage();
let making = 0;
for (let run = 0; run < runs; run += 1) {
  if (run === cold) cpu = process.cpuUsage();
  const started = performance.now();
  text = await (await fetch(address)).text();
  whole.push(performance.now() - started);
}
const both = process.cpuUsage(cpu);
server.close();
server.closeAllConnections();
metrics.close();

const figures = (times: number[]): string => {
  const sorted = times.slice(cold).sort((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1);
  return `median ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms, first (cold) ${times[0]?.toFixed(1)} ms`;
};
const series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
process.stdout.write(
  [
    `${cameras} cameras, ${watchlists} watchlists: ${series} series, ${(text.length / 1024).toFixed(0)} KiB; ${runs} scrapes on ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`,
    `whole scrape over HTTP: ${figures(whole)}`,
    `of it making the text:  ${figures(blocked)}`,
    `processor time: making the text ${(making / (runs - cold)).toFixed(1)} ms, server and client together ${((both.user + both.system) / 1000 / (runs - cold)).toFixed(1)} ms`,
    '',
  ].join('\n'),
);
