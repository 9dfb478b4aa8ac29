import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { pino } from 'pino';
import { castDemo, type DemoPerson, portraitLooks } from '../demo/footage/demo-cast.ts';
import { GeneratedFacePainter } from '../demo/footage/generated-face-painter.ts';
import { lobbyScene } from '../demo/footage/lobby-scene.ts';
import { paintPortrait } from '../demo/footage/portrait.ts';
import { renderScene } from '../demo/footage/render-scene.ts';
import { encodeFootage } from '../demo/media/encode-footage.ts';
import type { EncodedSource } from '../demo/media/encoded-source.ts';
import { createRtspServer } from '../demo/rtsp/rtsp-server.ts';
import { type Nightglass, startNightglass } from '../src/app/compose.ts';
import { shippedManifest } from '../src/app/shipped-files.ts';
import { loadConfig } from '../src/config/load-config.ts';
import { systemActor } from '../src/domain/audit-entry.ts';
import { createImageCodec } from '../src/streams/image-codec.ts';

// An increment in a real installation, forth and back, by the real commands:
// node scripts/try-increment.ts --models FOLDER --samples EXPORT [--before FOLDER ...] [--key PUBLIC.pem] [--pictures N]
// Enrols the people of an export of a virtual site, searches every held-out picture with the shipped
// models, with the increment (`models use`, templates renewed) and after `models back`, and waits for
// an alert of a camera under each.

const { values } = parseArgs({
  options: {
    models: { type: 'string', default: '' },
    before: { type: 'string', multiple: true, default: [] },
    samples: { type: 'string', default: '' },
    key: { type: 'string', default: '' },
    pictures: { type: 'string', default: '5000' },
  },
});
if (values.models === '' || values.samples === '') {
  throw new Error('Name the increment with --models and an export with --samples');
}
const list = 'site';
const camera = 'door';
/** Faces of the shipped generator: the first one walks by. */
const walkers = [38, 2, 29, 110];
/** As `HELD_OUT_SHARE` of training/increment/bounds.py. */
const heldOutShare = 0.35;

interface Sample {
  readonly file: string;
  readonly sha256: string;
  readonly person: string;
  readonly role: 'enrolled' | 'recorded';
  readonly day: string | null;
}

interface Answer {
  readonly person: string | undefined;
  readonly score: number;
}

interface Figures {
  readonly recogniser: string;
  readonly pictures: number;
  readonly noFace: number;
  readonly first: number;
  readonly matched: number;
  readonly wrong: number;
  readonly alert: string;
  /** The best candidate of every picture in turn, to be compared. */
  readonly answers: readonly Answer[];
}

async function readSamples(folder: string): Promise<Sample[]> {
  return JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')).samples;
}

/** As `split` of training/increment/samples.py. */
function heldOut(samples: readonly Sample[]): Sample[] {
  const enrolled = new Map(
    samples.filter(({ day }) => day === null).map(({ person, sha256 }) => [person, sha256]),
  );
  return samples.filter(({ day, person }) => {
    if (day === null) return false;
    const digest = createHash('sha256')
      .update(`${enrolled.get(person)} ${day}`)
      .digest();
    return digest.readUIntBE(0, 6) / 2 ** 48 < heldOutShare;
  });
}

async function walk(painter: GeneratedFacePainter, walker: DemoPerson): Promise<EncodedSource> {
  const passing = {
    ...{ start: 0, identitySeed: walker.seed, outfit: walker.outfit },
    looks: [1_000_103, 1_000_104],
    path: [
      { time: 0, x: -1, z: 4 },
      { time: 3, x: 0, z: 2.6 },
      { time: 6, x: 0.6, z: 2 },
    ],
  };
  const scene = { ...lobbyScene([passing]), seconds: 8 };
  return encodeFootage(renderScene(scene, painter), {
    framesPerSecond: scene.framesPerSecond,
    quality: 2,
  });
}

/** Ids of those whose picture is good enough for a list. */
async function enrolSite(
  nightglass: Nightglass,
  samples: readonly Sample[],
): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const { file, person } of samples.filter(({ role }) => role === 'enrolled')) {
    const bytes = await readFile(join(values.samples, file));
    const id = await enrolOne(nightglass, person, [{ name: file, bytes }]);
    if (id !== undefined) ids.set(person, id);
  }
  return ids;
}

async function enrolOne(
  nightglass: Nightglass,
  name: string,
  images: readonly { name: string; bytes: Uint8Array }[],
): Promise<string | undefined> {
  const { people } = nightglass.services;
  const { id } = await people.create({ watchlistId: list, name, note: '' }, systemActor);
  const outcomes = await people.enrol(id, images, systemActor);
  if (outcomes.some(({ status }) => status !== 'refused')) return id;
  process.stderr.write(`${name} cannot be enrolled: ${JSON.stringify(outcomes).slice(0, 300)}\n`);
  people.remove(id, systemActor);
  return undefined;
}

async function enrolWalkers(
  nightglass: Nightglass,
  painter: GeneratedFacePainter,
): Promise<string> {
  const codec = createImageCodec();
  const { outfit } = castDemo(walkers).wanted;
  const ids: string[] = [];
  for (const seed of walkers) {
    const images = [];
    for (const look of portraitLooks) {
      const picture = await paintPortrait(painter, { seed, name: `Face ${seed}`, outfit }, look);
      images.push({ name: `${seed}-${look}.jpg`, bytes: await codec.encodeJpeg(picture, 95) });
    }
    ids.push((await enrolOne(nightglass, `Face ${seed}`, images)) ?? '');
  }
  return ids[0] ?? '';
}

/** Templates of all enrolled pictures are in the space of the models in use. */
async function renewed(nightglass: Nightglass): Promise<string> {
  for (const until = Date.now() + 300_000; Date.now() < until; await delay(200)) {
    const { models, templates } = await nightglass.services.system.report();
    if (templates.failed.length > 0) throw new Error(JSON.stringify(templates.failed));
    const embed = models.find(({ task }) => task === 'embed');
    if (templates.pending === 0) return `${embed?.name}@${embed?.version}`;
  }
  throw new Error('Templates were not made again within five minutes');
}

async function alertOn(nightglass: Nightglass, walker: string, from: number): Promise<string> {
  const asked = { cameras: '*', watchlists: '*', limit: 50, from } as const;
  for (const until = Date.now() + 180_000; Date.now() < until; await delay(500)) {
    const { alerts } = await nightglass.services.alerts.list(asked, 'measurement');
    const right = (alerts as readonly { personId: string; scores: { fused: number } }[]).find(
      ({ personId }) => personId === walker,
    );
    if (right !== undefined) return right.scores.fused.toFixed(3);
  }
  return 'none in three minutes';
}

async function measure(
  nightglass: Nightglass,
  held: readonly Sample[],
  people: ReadonlyMap<string, string>,
  walker: string,
): Promise<Figures> {
  const from = Date.now();
  const recogniser = await renewed(nightglass);
  const alert = await alertOn(nightglass, walker, from);
  let [noFace, first, matched, wrong] = [0, 0, 0, 0];
  const answers: Answer[] = [];
  for (const { file, person } of held) {
    const bytes = await readFile(join(values.samples, file));
    const faces = await nightglass.services.search
      .run({
        ...{ image: { name: file, bytes }, watchlistIds: [list], limit: 1 },
        ...{ by: systemActor, reason: 'measurement' },
      })
      .catch(() => []);
    const [best] = faces[0]?.candidates ?? [];
    if (best === undefined) noFace += 1;
    else {
      const right = best.personId === people.get(person);
      if (right) first += 1;
      if (best.matched && right) matched += 1;
      if (best.matched && !right) wrong += 1;
    }
    answers.push({ person: best?.personId, score: best?.scores.fused ?? 0 });
  }
  return { recogniser, pictures: held.length, noFace, first, matched, wrong, alert, answers };
}

async function command(...words: string[]): Promise<void> {
  const { stdout } = await promisify(execFile)(process.execPath, ['src/cli/main.ts', ...words]);
  process.stderr.write(stdout);
}

function row(
  when: string,
  { recogniser, pictures, noFace, first, matched, wrong, alert }: Figures,
) {
  const found = pictures - noFace;
  return `| ${when} | ${recogniser} | ${found} of ${pictures} | ${first} | ${matched} | ${wrong} | ${alert} |\n`;
}

async function main(): Promise<void> {
  await using resources = new AsyncDisposableStack();
  const data = await mkdtemp(join(tmpdir(), 'nightglass-increment-'));
  resources.defer(() => rm(data, { recursive: true, force: true }));
  const painter = resources.use(
    await GeneratedFacePainter.open(resolve(shippedManifest, '..', 'faces.onnx')),
  );
  const { wanted } = castDemo(walkers);
  const source = await walk(painter, wanted);
  const server = await createRtspServer({ cameras: [{ path: camera, source }] });
  resources.defer(() => server.close());
  const config = join(data, 'nightglass.json');
  const raw = {
    ...{ data, server: { port: 0 } },
    models: {
      manifest: shippedManifest,
      ...(values.key === '' ? {} : { trusted: [resolve(values.key)] }),
    },
    cameras: [{ id: camera, url: server.url(camera) }],
    watchlists: [
      {
        ...{ id: list, name: 'Site', purpose: 'measurement', legalBasis: 'virtual site' },
        ...{ authorisation: 'M-1', owner: 'measurement', cameras: ['*'] },
      },
    ],
    alerts: { quietPeriod: '1s', joinWithin: '0s' },
  };
  await writeFile(config, JSON.stringify(raw), { mode: 0o600 });
  const start = () =>
    startNightglass({
      ...{ loaded: loadConfig(config), readAgain: () => loadConfig(config) },
      ...{ openOnLoopback: true, log: pino({ level: 'error' }, process.stderr), env: {} },
    });
  const samples = await readSamples(values.samples);
  let nightglass = await start();
  resources.defer(() => nightglass.close());
  const people = await enrolSite(nightglass, samples);
  const held = heldOut(samples)
    .filter(({ person }) => people.has(person))
    .slice(0, Number(values.pictures));
  const walker = await enrolWalkers(nightglass, painter);
  const shipped = await measure(nightglass, held, people, walker);
  const again = async () => {
    await nightglass.close();
    nightglass = await start();
    return measure(nightglass, held, people, walker);
  };
  for (const folder of [...values.before, values.models]) {
    await command('models', 'use', resolve(folder), '-c', config);
  }
  const increment = await again();
  for (const _ of [...values.before, values.models]) await command('models', 'back', '-c', config);
  const back = await again();
  const others = back.answers.filter(({ person }, at) => person !== shipped.answers[at]?.person);
  const moved = back.answers.map(({ score }, at) =>
    Math.abs(score - (shipped.answers[at]?.score ?? 0)),
  );
  process.stdout.write(
    `${people.size} people enrolled, ${held.length} held-out pictures\n\n` +
      '| | recogniser | face found | right person first | beyond the threshold | another beyond it | alert of the camera, fused score |\n' +
      '|---|---|---|---|---|---|---|\n' +
      row('shipped', shipped) +
      row('`models use`', increment) +
      row('`models back`', back) +
      `\nAfter the way back ${others.length} pictures have another first candidate; scores differ by up to ${Math.max(...moved).toFixed(4)}\n`,
  );
  if (others.length > 0) process.exitCode = 1;
}

await main();
