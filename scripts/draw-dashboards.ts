/*
 * Draws the Grafana dashboards from live data: runs Nightglass on its virtual
 * cameras with the real models, a real Prometheus beside it and a reviewer who
 * decides alerts, then writes docs/grafana/NAME.svg from what Prometheus answers.
 *
 *   node scripts/draw-dashboards.ts [MINUTES]
 */

import { mkdir, writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { readDashboards } from './monitoring/dashboards.ts';
import { drawDashboard } from './monitoring/drawing/draw-dashboard.ts';
import { startMonitoredScene } from './monitoring/monitored-scene.ts';
import { settings } from './monitoring/panel-answers.ts';
import { prometheusMissing } from './monitoring/prometheus-process.ts';

const minutes = Number(process.argv[2] ?? 5);
const say = (words: string): void => void process.stderr.write(`${words}\n`);
const missing = await prometheusMissing();
if (missing !== undefined) {
  say(`Cannot draw: ${missing}`);
  process.exit(4);
}

await using scene = await startMonitoredScene(2);
const { prometheus, nightglass, server, cameras, watchlists, scrapeInterval } = scene;
const start = Date.now() / 1000;
const [first = ''] = cameras;
/** What happens while it runs, at a share of the time. */
const events: [number, string, () => void][] = [
  [0.35, `${first} is cut off for a while`, () => server.camera(first).offline()],
  [0.45, `${first} is back`, () => server.camera(first).online()],
  [0.65, 'an inference worker crashes', () => nightglass.killWorker('faces')],
];
for (;;) {
  const share = (Date.now() / 1000 - start) / (minutes * 60);
  if (share >= 1) break;
  const [next] = events;
  if (next !== undefined && share >= next[0]) {
    events.shift();
    say(`${Math.round(share * 100)} %: ${next[1]}`);
    next[2]();
  }
  const decided = await scene.review();
  if (decided > 0) say(`${Math.round(share * 100)} %: ${decided} alerts decided`);
  await setTimeout(7_000);
}

const folder = new URL('../docs/grafana/', import.meta.url);
await mkdir(folder, { recursive: true });
const end = Date.now() / 1000;
for (const dashboard of readDashboards()) {
  const [values = {}] = settings(dashboard, { camera: cameras, watchlist: watchlists });
  const svg = await drawDashboard(dashboard, prometheus, { start, end, scrapeInterval, values });
  await writeFile(new URL(`${dashboard.name}.svg`, folder), svg);
  say(`docs/grafana/${dashboard.name}.svg`);
}
