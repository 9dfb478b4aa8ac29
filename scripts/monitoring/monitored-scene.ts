import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { WebSocket } from 'ws';
import { parse, stringify } from 'yaml';
import { createDemoCameras } from '../../demo/create-demo-cameras.ts';
import type { DemoFootage } from '../../demo/footage/demo-footage.ts';
import { createRtspServer, type RtspServer } from '../../demo/rtsp/rtsp-server.ts';
import { type Nightglass, startNightglass } from '../../src/app/compose.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { systemActor } from '../../src/domain/audit-entry.ts';
import { createTokenStore } from '../../src/services/access/tokens.ts';
import { AuditLog } from '../../src/store/audit-log.ts';
import { createStore } from '../../src/store/create-store.ts';
import { createImageCodec } from '../../src/streams/image-codec.ts';
import { type Prometheus, startPrometheus } from './prometheus-process.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const watchlist = 'barred';
const password = 'of-a-virtual-camera';

/** A running Nightglass with virtual cameras and real models, and a Prometheus that watches it. */
export interface MonitoredScene extends AsyncDisposable {
  readonly nightglass: Nightglass;
  readonly prometheus: Prometheus;
  readonly server: RtspServer;
  readonly cameras: readonly string[];
  readonly watchlists: readonly string[];
  /** Seconds between scrapes. */
  readonly scrapeInterval: number;
  /** Names and ids of the people that are known; none of them may be in a metric. */
  readonly people: readonly string[];
  /** Gives verdicts on the alerts that wait: two in three are confirmed. Returns how many. */
  review(): Promise<number>;
}

/** @param scrapeInterval seconds */
export async function startMonitoredScene(scrapeInterval = 1): Promise<MonitoredScene> {
  await using resources = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'nightglass-monitored-'));
  resources.defer(() => rm(folder, { recursive: true, force: true }));
  const footage = await createDemoCameras({
    facesModelPath: join(root, 'models/faces.onnx'),
    cacheDir: join(root, 'data/demo'),
  });
  const server = await createRtspServer({
    cameras: footage.cameras.map(({ name, source }) => ({
      path: name,
      source,
      username: 'nightglass',
      password,
    })),
  });
  resources.defer(() => server.close());
  const dataDir = join(folder, 'data');
  const secret = await makeToken(dataDir);
  const cameras = footage.cameras.map(({ name }) => name);
  const nightglass = await startNightglass({
    loaded: { ...configuration(dataDir, cameras, server), path: 'scene', baseDir: folder },
    log: pino({ level: 'silent' }),
    env: { ...process.env, SCENE_PASSWORD: password },
  });
  resources.defer(() => nightglass.close());
  const people = await enrol(nightglass, footage);
  const socket = new WebSocket(`${nightglass.address.replace('http', 'ws')}/ws`, [
    'nightglass.v1',
    `nightglass.token.${secret}`,
  ]);
  socket.on('error', () => undefined);
  resources.defer(() => socket.terminate());
  const configFile = await prometheusConfig(folder, nightglass.address, secret, scrapeInterval);
  const prometheus = resources.use(
    await startPrometheus({ configFile, dataDir: join(folder, 'prometheus') }),
  );
  let decided = 0;
  const review = async (): Promise<number> => {
    const { alerts } = await nightglass.services.alerts.list(
      { cameras: '*', watchlists: '*', states: ['new'], limit: 100 },
      'reviewer',
    );
    for (const { id } of alerts) {
      const step = (action: 'acknowledge' | 'confirm' | 'dismiss', reason = '') =>
        nightglass.services.alerts.review(id, { action, reviewer: 'reviewer', reason });
      await step('acknowledge');
      decided += 1;
      if (decided % 3 === 2) await step('dismiss', 'somebody else');
      else await step('confirm');
    }
    return alerts.length;
  };
  const owned = resources.move();
  return {
    nightglass,
    prometheus,
    server,
    cameras,
    watchlists: [watchlist],
    scrapeInterval,
    people,
    review,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** A token as an operator makes it for Prometheus. */
async function makeToken(dataDir: string): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  const store = createStore({ dataDir });
  try {
    return createTokenStore({
      store,
      audit: new AuditLog({ store, now: () => Date.now() }),
      now: () => Date.now(),
    }).create({
      name: 'prometheus',
      role: 'viewer',
    }).secret;
  } finally {
    store.close();
  }
}

function configuration(dataDir: string, cameras: readonly string[], server: RtspServer) {
  const inAWeek = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);
  return parseConfig(
    JSON.stringify({
      data: dataDir,
      server: { port: 0 },
      models: { manifest: join(root, 'models/manifest.json') },
      // Each pass of the footage alerts anew.
      alerts: { quietPeriod: '1s', joinWithin: '0s' },
      cameras: cameras.map((id) => ({
        id,
        url: server.url(id),
        username: 'nightglass',
        password: { env: 'SCENE_PASSWORD' },
      })),
      watchlists: [
        {
          id: watchlist,
          name: 'Barred',
          purpose: 'show what monitoring shows',
          legalBasis: 'nobody on it exists',
          authorisation: 'SCENE',
          owner: 'tests',
          cameras: ['*'],
          // Soon enough to be warned of.
          expires: inAWeek,
        },
      ],
    }),
  );
}

async function enrol(nightglass: Nightglass, footage: DemoFootage): Promise<string[]> {
  const [person] = footage.people;
  if (person === undefined) throw new Error('The footage shows nobody to look for');
  const { people } = nightglass.services;
  const { id } = await people.create(
    { watchlistId: watchlist, name: person.name, note: '' },
    systemActor,
  );
  const codec = createImageCodec();
  const outcomes = await people.enrol(
    id,
    await Promise.all(
      person.enrolment.map(async (image, index) => ({
        name: `${index}.jpg`,
        bytes: await codec.encodeJpeg(image, 95),
      })),
    ),
    systemActor,
  );
  if (outcomes.every(({ status }) => status === 'refused')) {
    throw new Error(`Cannot enrol: ${JSON.stringify(outcomes)}`);
  }
  return [id, person.name];
}

/** The shipped files, with the address, the token and the pace of this scene. */
async function prometheusConfig(
  folder: string,
  address: string,
  token: string,
  scrapeInterval: number,
): Promise<string> {
  const file = join(folder, 'prometheus.yml');
  const shipped = join(root, 'config/prometheus');
  const config = parse(await readFile(join(shipped, 'prometheus.yml'), 'utf8')) as {
    global: Record<string, string>;
    scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[];
  };
  config.global = {
    scrape_interval: `${scrapeInterval}s`,
    scrape_timeout: `${scrapeInterval}s`,
    evaluation_interval: `${scrapeInterval}s`,
  };
  for (const job of config.scrape_configs) {
    job.static_configs = [{ targets: [new URL(address).host] }];
  }
  await writeFile(file, stringify(config));
  await writeFile(join(dirname(file), 'nightglass.token'), `${token}\n`, { mode: 0o600 });
  for (const rules of ['recording.yml', 'alerts.yml']) {
    await cp(join(shipped, rules), join(folder, rules));
  }
  return file;
}
