import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { castDemo, type DemoPerson, portraitLooks } from '../demo/footage/demo-cast.ts';
import { GeneratedFacePainter } from '../demo/footage/generated-face-painter.ts';
import { lobbyScene } from '../demo/footage/lobby-scene.ts';
import { paintPortrait } from '../demo/footage/portrait.ts';
import { renderScene } from '../demo/footage/render-scene.ts';
import type { CameraLook, Passer } from '../demo/footage/scene.ts';
import { encodeFootage } from '../demo/media/encode-footage.ts';
import type { EncodedSource } from '../demo/media/encoded-source.ts';
import { createRtspServer } from '../demo/rtsp/rtsp-server.ts';
import { type Nightglass, startNightglass } from '../src/app/compose.ts';
import { parseConfig } from '../src/config/load-config.ts';
import type { Alert } from '../src/domain/alert.ts';
import { systemActor } from '../src/domain/audit-entry.ts';
import { createImageCodec } from '../src/streams/image-codec.ts';
import { noisyCameras } from './noisy-cameras.ts';

// Two cameras with the same noisy pictures of somebody far away, one with a denoiser of its own, live:
// node scripts/try-denoiser.ts --manifest COPY/manifest.json --denoise NAME --camera fixed-pattern [--minutes 3]

const { values } = parseArgs({
  options: {
    manifest: { type: 'string', default: 'models/manifest.json' },
    denoise: { type: 'string', default: '' },
    camera: { type: 'string', default: 'fixed-pattern' },
    minutes: { type: 'string', default: '3' },
  },
});
const minutes = Number(values.minutes);
if (!(minutes >= 0.5 && minutes <= 120)) throw new Error('--minutes is within 0.5 to 120');
if (values.denoise === '') throw new Error('Name the variant of the manifest with --denoise');
/** Faces of the shipped generator; the first walks, all are on the watchlist. */
const seeds = [38, 2, 29, 110, 1, 64, 21, 74, 58, 57, 69, 6];
const watchlist = 'list';

function lookOf(camera: string): CameraLook {
  const look = (noisyCameras as Readonly<Record<string, CameraLook>>)[camera];
  if (look === undefined)
    throw new Error(`--camera is one of ${Object.keys(noisyCameras).join(', ')}`);
  return look;
}

/** Four walks of one person, 6.5 to 4 metres away: 7 to 11 pixels between the eyes. */
function walks({ seed, outfit }: DemoPerson): Passer[] {
  return [
    { start: 0, from: -1.2, to: 1.2, looks: [1_000_103, 1_000_104] },
    { start: 8, from: 1.2, to: -1, looks: [1_000_111, 1_000_112] },
    { start: 16, from: -0.6, to: 0.2, looks: [1_000_114, 1_000_102] },
    { start: 24, from: 0.6, to: -0.2, looks: [1_000_112, 1_000_103] },
  ].map(({ start, from, to, looks }) => ({
    identitySeed: seed,
    outfit,
    looks,
    path: [
      { time: start, x: from, z: 6.5 },
      { time: start + 3, x: (from + to) / 2, z: 5.2 },
      { time: start + 5.5, x: to, z: 4 },
    ],
  }));
}

async function render(painter: GeneratedFacePainter, look: CameraLook): Promise<EncodedSource> {
  const { wanted } = castDemo(seeds);
  const scene = { ...lobbyScene(walks(wanted)), seconds: 32, look };
  const pictures = renderScene(scene, painter);
  return encodeFootage(pictures, { framesPerSecond: scene.framesPerSecond, quality: 2 });
}

/** Puts all faces on the watchlist; returns the id of the one who walks. */
async function enrol(nightglass: Nightglass, painter: GeneratedFacePainter): Promise<string> {
  const { people } = nightglass.services;
  const codec = createImageCodec();
  const { outfit } = castDemo(seeds).wanted;
  const ids: string[] = [];
  for (const seed of seeds) {
    const name = `Face ${seed}`;
    const { id } = await people.create({ watchlistId: watchlist, name, note: '' }, systemActor);
    const images = [];
    for (const look of portraitLooks) {
      const picture = await paintPortrait(painter, { seed, name, outfit }, look);
      images.push({ name: `${seed}-${look}.jpg`, bytes: await codec.encodeJpeg(picture, 95) });
    }
    await people.enrol(id, images, systemActor);
    ids.push(id);
  }
  return ids[0] ?? '';
}

function row(camera: string, alerts: readonly Alert[], walker: string): string {
  const seen = alerts
    .flatMap((alert) => [alert, ...alert.sightings].map((one) => ({ ...one, by: alert.personId })))
    .filter(({ cameraId }) => cameraId === camera);
  const right = seen.filter(({ by }) => by === walker);
  const sum = right.reduce((all, { scores }) => all + scores.fused, 0);
  const mean = right.length === 0 ? '-' : (sum / right.length).toFixed(3);
  return `| ${camera} | ${right.length} | ${seen.length - right.length} | ${mean} |`;
}

async function main(): Promise<void> {
  const manifest = resolve(values.manifest);
  await using resources = new AsyncDisposableStack();
  const data = await mkdtemp(join(tmpdir(), 'nightglass-denoiser-'));
  resources.defer(() => rm(data, { recursive: true, force: true }));
  const painter = resources.use(
    await GeneratedFacePainter.open(join(dirname(manifest), 'faces.onnx')),
  );
  process.stderr.write('Rendering\n');
  const source = await render(painter, lookOf(values.camera));
  const server = await createRtspServer({
    cameras: ['own', 'usual'].map((path) => ({ path, source })),
  });
  resources.defer(() => server.close());
  const raw = {
    data,
    server: { port: 0 },
    models: { manifest },
    cameras: ['own', 'usual'].map((id) => ({
      id,
      url: server.url(id),
      ...(id === 'own' ? { models: { denoise: values.denoise } } : {}),
    })),
    watchlists: [
      {
        id: watchlist,
        name: 'List',
        purpose: 'measurement',
        legalBasis: 'nobody on it exists',
        authorisation: 'M-1',
        owner: 'measurement',
        cameras: ['*'],
      },
    ],
    alerts: { quietPeriod: '1s', joinWithin: '0s' },
    detection: { rate: 4, maxAge: '10s' },
  };
  const load = () => ({ ...parseConfig(JSON.stringify(raw)), path: 'script', baseDir: data });
  const nightglass = await startNightglass({
    loaded: load(),
    readAgain: load,
    openOnLoopback: true,
    log: pino({ level: 'error' }, process.stderr),
    env: {},
  });
  resources.defer(() => nightglass.close());
  const walker = await enrol(nightglass, painter);
  process.stderr.write(`Enrolled ${seeds.length}; looking for ${values.minutes} minutes\n`);
  const from = Date.now();
  await delay(minutes * 60_000);
  const everything = { cameras: '*', watchlists: '*', limit: 500, from } as const;
  const { alerts } = await nightglass.services.alerts.list(everything, 'measurement');
  process.stdout.write(
    `Walks: ${Math.floor((minutes * 60) / 8)}\n` +
      '| camera | alerts with the right name | with another | mean score, fused |\n|---|---|---|---|\n' +
      `${row('own', alerts as readonly Alert[], walker)}\n${row('usual', alerts as readonly Alert[], walker)}\n`,
  );
}

await main();
