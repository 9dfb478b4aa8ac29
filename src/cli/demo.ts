import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { Logger } from 'pino';
import type { WantedPerson } from '../../demo/footage/demo-footage.ts';
import { readRenderedFootage } from '../../demo/footage/rendered-footage.ts';
import { createRtspServer, type RtspServer } from '../../demo/rtsp/rtsp-server.ts';
import { type Nightglass, startNightglass } from '../app/compose.ts';
import { hashConfig, parseConfig } from '../config/load-config.ts';
import { systemActor } from '../domain/audit-entry.ts';
import { NightglassError } from '../domain/errors.ts';
import { createImageCodec } from '../streams/image-codec.ts';
import { demoLists } from './demo-lists.ts';
import { createLogger } from './logger.ts';
import { closeOnSignal } from './shutdown.ts';
import { tuneCollector } from './tune-collector.ts';

export interface DemoOptions {
  readonly port: number;
  readonly data: string;
  readonly footage: string;
  readonly manifest: string;
  readonly verbose?: boolean;
  readonly json?: boolean;
}

const titles: Readonly<Record<string, string>> = {
  lobby: 'Lobby',
  'side-entrance': 'Side entrance, night',
};

/** Runs the demo until a signal comes. */
export async function runDemo(options: DemoOptions): Promise<void> {
  tuneCollector();
  const log = createLogger(options.verbose === true ? 'info' : 'warn');
  const resources = new AsyncDisposableStack();
  const aborted = new AbortController();
  closeOnSignal({
    close: async () => {
      aborted.abort();
      await resources.disposeAsync();
    },
    say: (line) => process.stderr.write(`nightglass: ${line}\n`),
  });
  try {
    const nightglass = await startDemo(options, log, resources);
    announce(nightglass, options);
  } catch (error) {
    await resources.disposeAsync();
    if (!aborted.signal.aborted) throw error;
  }
}

async function startDemo(
  options: DemoOptions,
  log: Logger,
  resources: AsyncDisposableStack,
): Promise<Nightglass> {
  const footage = await readRenderedFootage(resolve(options.footage));

  // The cameras ask for credentials, as real ones do.
  const username = 'nightglass';
  const password = randomBytes(12).toString('base64url');
  const server = await createRtspServer({
    cameras: footage.cameras.map(({ name, source }) => ({
      path: name,
      source,
      username,
      password,
    })),
  });
  resources.defer(() => server.close());
  const nightglass = await startNightglass({
    loaded: demoConfig(
      footage.cameras.map(({ name }) => name),
      server,
      username,
      options,
    ),
    openOnLoopback: true,
    log,
    env: { ...process.env, NIGHTGLASS_DEMO_PASSWORD: password },
  });
  resources.defer(() => nightglass.close());
  for (const [index, person] of footage.people.entries()) {
    await enrolPerson(nightglass, person, demoLists[index]?.id ?? demoLists[0].id);
  }
  return nightglass;
}

function demoConfig(
  cameras: readonly string[],
  server: RtspServer,
  username: string,
  options: DemoOptions,
): Parameters<typeof startNightglass>[0]['loaded'] {
  const text = JSON.stringify({
    data: resolve(options.data),
    server: { host: '127.0.0.1', port: options.port },
    models: { manifest: resolve(options.manifest) },
    // The same clips as recordings, to be searched.
    footage: { roots: [resolve(options.footage)] },
    // The footage repeats after some 15 seconds: each pass is a sighting of the open alert.
    alerts: { quietPeriod: '5s' },
    // It may lie unused for as long as it likes.
    retention: { clockGap: '36500d' },
    cameras: cameras.map((id) => ({
      id,
      name: titles[id] ?? id,
      url: server.url(id),
      username,
      password: { env: 'NIGHTGLASS_DEMO_PASSWORD' },
    })),
    watchlists: demoLists.map(({ id, name, camera, threshold }) => ({
      id,
      name,
      purpose: 'Show how Nightglass works',
      legalBasis: 'None needed: nobody on it exists',
      authorisation: 'DEMO',
      owner: 'whoever runs the demo',
      cameras: [camera],
      uses: ['live', 'footage'],
      retention: '1d',
      threshold,
    })),
  });
  const { config } = parseConfig(text, 'demo');
  return { config, hash: hashConfig(config), path: 'demo', baseDir: process.cwd() };
}

async function enrolPerson(
  nightglass: Nightglass,
  person: WantedPerson,
  watchlistId: string,
): Promise<void> {
  const { people } = nightglass.services;
  const known = (await people.list({ watchlistIds: [watchlistId], limit: 500 })).find(
    ({ name }) => name === person.name,
  );
  const { id } =
    known ??
    (await people.create({ watchlistId, name: person.name, note: 'Does not exist.' }, systemActor));
  const codec = createImageCodec();
  const images = await Promise.all(
    person.enrolment.map(async (image, index) => ({
      name: `portrait-${index + 1}.jpg`,
      bytes: await codec.encodeJpeg(image, 95),
    })),
  );
  const outcomes = await people.enrol(id, images, systemActor);
  const usable = outcomes.filter(({ status }) => status !== 'refused');
  if (usable.length > 0) return;
  const [first] = outcomes;
  const why = first?.status === 'refused' ? first.message : 'no pictures';
  throw new NightglassError(
    'QUALITY_TOO_LOW',
    `Cannot put the demo's person on the watchlist: ${why}`,
  );
}

function announce(nightglass: Nightglass, options: DemoOptions): void {
  const { address } = nightglass;
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify({ ready: true, address })}\n`
      : `\n  Nightglass is ready: ${address}\n\n  Two virtual cameras, people who do not exist; two of them are on a watchlist.\n  Ctrl+C ends it.\n\n`,
  );
}
