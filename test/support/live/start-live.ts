import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import type { WantedPerson } from '../../../demo/footage/demo-footage.ts';
import type { EncodedSource } from '../../../demo/media/encoded-source.ts';
import { createRtspServer, type RtspServer } from '../../../demo/rtsp/rtsp-server.ts';
import { type Nightglass, startNightglass } from '../../../src/app/compose.ts';
import { type LoadedConfig, parseConfig } from '../../../src/config/load-config.ts';
import { systemActor } from '../../../src/domain/audit-entry.ts';
import type { Clock } from '../../../src/domain/clock.ts';
import { createImageCodec } from '../../../src/streams/image-codec.ts';
import { testManifest } from './demo-footage.ts';

export const testList = 'test-list';
export const testUser = 'operator';
export const testPassword = 'pa55word-never-to-be-seen';

export interface LiveOptions {
  readonly sources: Readonly<Record<string, EncodedSource>>;
  /** Merged over the configuration, section by section. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly transport?: 'tcp' | 'udp';
  readonly openOnLoopback?: boolean;
  /** Default: the machine's own. */
  readonly clock?: Clock;
}

export interface Live extends AsyncDisposable {
  readonly nightglass: Nightglass;
  readonly server: RtspServer;
  readonly dataDir: string;
  /** Every line that the program logged. */
  readonly logged: string[];
  /** Ends the program and starts it on the same data folder and cameras; the old one is gone. */
  restart(): Promise<Live>;
  /** Changes the configuration that the next reload reads. */
  reconfigure(change: (raw: Record<string, unknown>) => void): void;
}

/** The real program on a real RTSP connection with real models; only the cameras are virtual. */
export async function startLive(options: LiveOptions): Promise<Live> {
  const resources = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), 'nightglass-live-'));
  resources.defer(() => rm(dataDir, { recursive: true, force: true }));
  const credentials = { username: testUser, password: testPassword };
  const server = await createRtspServer({
    cameras: Object.entries(options.sources).map(([path, source]) => ({
      path,
      source,
      ...credentials,
    })),
  });
  resources.defer(() => server.close());
  const logged: string[] = [];
  const log: Logger = pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) });
  const raw: Record<string, unknown> = {
    data: dataDir,
    server: { port: 0 },
    models: { manifest: testManifest },
    cameras: Object.keys(options.sources).map((id) => ({
      id,
      url: server.url(id),
      username: testUser,
      password: { env: 'TEST_PASSWORD' },
      transport: options.transport ?? 'tcp',
    })),
    watchlists: [
      {
        id: testList,
        name: 'Test list',
        purpose: 'test',
        legalBasis: 'nobody on it exists',
        authorisation: 'T-1',
        owner: 'tests',
        cameras: ['*'],
      },
    ],
    ...options.config,
  };
  const load = (): LoadedConfig => {
    const { config, hash } = parseConfig(JSON.stringify(raw));
    return { config, hash, path: 'test', baseDir: dataDir };
  };
  const start = async (): Promise<Live> => {
    const nightglass = await startNightglass({
      loaded: load(),
      readAgain: load,
      openOnLoopback: options.openOnLoopback ?? true,
      ...(options.clock === undefined ? {} : { clock: options.clock }),
      log,
      env: { TEST_PASSWORD: testPassword },
    });
    resources.defer(() => nightglass.close());
    return {
      nightglass,
      async restart() {
        await nightglass.close();
        return start();
      },
      server,
      dataDir,
      logged,
      reconfigure: (change) => change(raw),
      [Symbol.asyncDispose]: () => resources.disposeAsync(),
    };
  };
  try {
    return await start();
  } catch (error) {
    await resources.disposeAsync();
    throw error;
  }
}

/** Puts somebody of the demo's footage on a watchlist. */
export async function enrolWanted(
  live: Live,
  person: WantedPerson,
  watchlistId = testList,
): Promise<string> {
  const { people } = live.nightglass.services;
  const { id } = await people.create({ watchlistId, name: person.name, note: '' }, systemActor);
  const codec = createImageCodec();
  const images = await Promise.all(
    person.enrolment.map(async (image, index) => ({
      name: `portrait-${index}.jpg`,
      bytes: await codec.encodeJpeg(image, 95),
    })),
  );
  const outcomes = await people.enrol(id, images, systemActor);
  const refused = outcomes.filter(({ status }) => status === 'refused');
  if (refused.length === outcomes.length) throw new Error(JSON.stringify(refused));
  return id;
}
