import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ClusterLink } from '../../src/cluster/cluster-link.ts';
import { WorkClient } from '../../src/cluster/work-client.ts';
import { WorkServer } from '../../src/cluster/work-server.ts';
import { systemClock } from '../../src/domain/clock.ts';
import type { FusedKeyframe, Keyframe } from '../../src/domain/keyframe.ts';
import { silentLog } from '../../src/domain/log.ts';
import { table } from '../markdown.ts';
import { summarise } from '../samples.ts';
import { NatsServer, noNats } from './nats-server.ts';

const facesAtOnce = 16;
const cameras = 4;

/**
 * `node bench/cluster/overload-process.ts [--rate 20] [--seconds 40]`: a node asks for faces, each of
 * a track of its own, once as many and twice as many a second as another recognises; how old a face
 * is when it is answered, and how many are. NATS, seal and queues are real, what recognises only
 * takes its time. Markdown on standard output.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rate: { type: 'string', default: '20' },
      seconds: { type: 'string', default: '40' },
    },
  });
  if (noNats) throw new Error(noNats);
  const [rate, seconds] = [Number(values.rate), Number(values.seconds)];
  const rows: string[][] = [];
  for (const share of [0.8, 2]) rows.push(await measure(rate, rate * share, seconds));
  const head = ['faces a second', 'recognised a second', 'asked for', 'answered', 'within 1 s'];
  process.stdout.write(`${table([...head, 'median age', '99th percentile'], rows)}\n`);
}

async function measure(rate: number, offered: number, seconds: number): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'nightglass-overload-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const nats = stack.use(await NatsServer.start(folder));
  const secret = randomBytes(32).toString('base64');
  const open = async (node: string) => {
    const link = await ClusterLink.open({
      access: { servers: [nats.url], node, tls: null, login: null },
      ...{ owner: node === 'control', secret, lease: 6_000, clock: systemClock, log: silentLog },
      stream: { maxBytes: 64 * 2 ** 20, maxAge: 60_000 },
    });
    stack.defer(() => link.close());
    return link;
  };
  await open('control');
  let free = 0;
  const recognise = async (keyframe: Keyframe) => {
    // One after the other, as on one thread.
    free = Math.max(free, performance.now()) + 1000 / rate;
    await sleep(free - performance.now());
    return recognised(keyframe);
  };
  const given = { models: 'm', concurrency: facesAtOnce, recogniser: { recognise } };
  const server = new WorkServer({ link: await open('infer-1'), ...given });
  stack.defer(() => server.close());
  const client = new WorkClient({ link: await open('edge-1'), models: 'm' });
  stack.defer(() => client.close());
  const ages: number[] = [];
  const asked: Promise<void>[] = [];
  const end = performance.now() + seconds * 1000;
  for (let due = performance.now(); due < end; due += 1000 / offered) {
    await sleep(Math.max(0, due - performance.now()));
    const came = performance.now();
    const answer = client.recognise(keyframeOf(asked.length));
    asked.push(
      answer.then(
        () => void ages.push(performance.now() - came),
        () => undefined,
      ),
    );
  }
  await Promise.all(asked);
  const { median, p99 } = summarise(ages);
  const share = (count: number) => `${((100 * count) / asked.length).toFixed(0)} %`;
  const soon = ages.filter((age) => age <= 1000).length;
  return [
    ...[offered, rate, asked.length].map(String),
    ...[share(ages.length), share(soon)],
    ...[median, p99].map((age) => `${(age / 1000).toFixed(2)} s`),
  ];
}

function keyframeOf(at: number): Keyframe {
  const points = Array.from({ length: 5 }, (_, n) => ({ x: 20 + n, y: 30 + n }));
  const landmarks = points as unknown as Keyframe['landmarks'];
  return {
    ...{ cameraId: `camera-${at % cameras}`, trackId: `track-${at}`, ordinal: 0, sequence: at },
    ...{ mediaTime: at / 10, capturedAt: Date.now(), capturedMonotonic: performance.now() },
    ...{ frameWidth: 1280, frameHeight: 720, box: { x: 10, y: 20, width: 60, height: 70 } },
    ...{ landmarks, interEyeDistance: 25, detectionScore: 0.9 },
    quality: { components: {}, score: 66, verdict: 'accept', reasons: [] },
    face: { image: { width: 96, height: 96, data: randomBytes(96 * 96 * 3) }, landmarks },
    scene: new Uint8Array(),
  };
}

function recognised(keyframe: Keyframe): FusedKeyframe {
  const vector = new Float32Array(512).fill(1 / Math.sqrt(512));
  const said = { vector, recognisability: 0.7 };
  const model = { model: 'm', raw: said, enhanced: null, fused: vector, gate: 1, weight: null };
  return { ...keyframe, enhancedImage: null, ...model };
}

await main();
