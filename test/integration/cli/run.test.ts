import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { DemoFootage } from '../../../demo/footage/demo-footage.ts';
import { createRtspServer, type RtspServer } from '../../../demo/rtsp/rtsp-server.ts';
import { createImageCodec } from '../../../src/streams/image-codec.ts';
import { Command, runCommand } from '../../support/cli/run-command.ts';
import { EventSocket } from '../../support/gateway/event-socket.ts';
import { demoFootage, testManifest } from '../../support/live/demo-footage.ts';

const password = 'pa55word-never-to-be-seen';

/** Ids of processes that still have this one as their parent. */
function childrenOf(parent: number): number[] {
  return readdirSync('/proc').flatMap((entry) => {
    const id = Number(entry);
    if (!Number.isInteger(id)) return [];
    try {
      const stat = readFileSync(`/proc/${id}/stat`, 'utf8');
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent ? [id] : [];
    } catch {
      return [];
    }
  });
}

describe('nightglass run', { timeout: 240_000 }, () => {
  let folder: string;
  let server: RtspServer;
  let footage: DemoFootage;
  let config: string;
  let token: string;

  const write = (cameras: readonly string[], extra = '') =>
    writeFile(
      config,
      `data: ${join(folder, 'data')}
server: {port: 0}
models: {manifest: ${testManifest}}
alerts: {quietPeriod: 1s, joinWithin: 0s}
cameras:
${cameras.map((id) => `  - {id: ${id}, url: '${server.url(id)}', username: operator, password: {env: CAMERA_PASSWORD}}`).join('\n')}
watchlists:
  - {id: w, name: W, purpose: p, legalBasis: l, authorisation: a, owner: o, cameras: ['*']}
${extra}`,
    );
  const start = () => new Command(['run', '-c', config, '--json'], { CAMERA_PASSWORD: password });
  const addressOf = async (command: Command): Promise<string> =>
    JSON.parse(await command.line()).address;
  const get = async (address: string, path: string) =>
    (
      await fetch(`${address}${path}`, { headers: { authorization: `Bearer ${token}` } })
    ).json() as Promise<Record<string, unknown>>;

  before(async () => {
    footage = await demoFootage();
    folder = await mkdtemp(join(tmpdir(), 'nightglass-run-'));
    config = join(folder, 'config.yaml');
    server = await createRtspServer({
      cameras: footage.cameras.map(({ name, source }) => ({
        path: name,
        source,
        username: 'operator',
        password,
      })),
    });
    await write(['lobby']);
    const made = await runCommand([
      'tokens',
      'create',
      '-c',
      config,
      '--name',
      't',
      '--role',
      'admin',
      '--json',
    ]);
    token = JSON.parse(made.stdout).secret;
  });
  after(async () => {
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('needs its secrets: 3', async () => {
    const { code, stderr } = await runCommand(['run', '-c', config], { CAMERA_PASSWORD: '' });
    assert.equal(code, 3);
    assert.match(stderr, /CAMERA_PASSWORD/);
  });

  it('sees what enrol adds beside it, alerts, survives kill -9 without losing a stored alert', async () => {
    const seen: string[] = [];
    {
      await using run = start();
      const address = await addressOf(run);
      const codec = createImageCodec();
      const pictures: string[] = [];
      for (const [index, image] of (footage.people[0]?.enrolment ?? []).entries()) {
        const path = join(folder, `portrait-${index}.jpg`);
        await writeFile(path, await codec.encodeJpeg(image, 95));
        pictures.push(path);
      }
      const enrolled = await runCommand([
        'enrol',
        '-c',
        config,
        '--list',
        'w',
        '--name',
        'Robin',
        '--json',
        ...pictures,
      ]);
      assert.ok(JSON.parse(enrolled.stdout).enrolled >= 1, enrolled.stdout);
      const socket = await EventSocket.open(`${address}/ws`, { token });
      socket.send({ type: 'subscribe', topics: ['alerts'], cameras: ['*'] });
      const event = await socket.until('nightglass.alert.v1');
      seen.push(String((event.data as { id: string }).id));
      await socket.close().catch(() => undefined);
      await run.end('SIGKILL');
      assert.doesNotMatch(run.stderr, new RegExp(password));
    }
    await using again = start();
    const address = await addressOf(again);
    const { alerts } = await get(address, '/api/alerts');
    const ids = (alerts as { id: string }[]).map(({ id }) => id);
    for (const id of seen) assert.ok(ids.includes(id), `${id} is there after kill -9`);
    assert.equal((await again.end('SIGTERM')).code, 0);
  });

  it('reloads on SIGHUP; a broken file changes nothing', async () => {
    await using run = start();
    const address = await addressOf(run);
    const ids = async () =>
      ((await get(address, '/api/cameras')).cameras as { id: string }[]).map(({ id }) => id).sort();
    assert.deepEqual(await ids(), ['lobby']);
    await write(['lobby', 'side-entrance']);
    run.child.kill('SIGHUP');
    await run.said(/Configuration reloaded/);
    assert.deepEqual(await ids(), ['lobby', 'side-entrance']);
    await write(['lobby'], 'bogus: 1\n');
    run.child.kill('SIGHUP');
    await run.said(/Cannot reload/);
    assert.deepEqual(await ids(), ['lobby', 'side-entrance']);
    await write(['lobby']);
    assert.equal((await run.end('SIGINT')).code, 0);
  });

  it('ends within five seconds on SIGTERM, exit code 0, with no process left', async () => {
    await using run = start();
    const address = await addressOf(run);
    const viewer = await EventSocket.open(`${address}/preview/lobby`, { token });
    await viewer.chunk();
    const { pid } = run.child;
    assert.ok(pid !== undefined);
    const children = childrenOf(pid);
    assert.ok(children.length >= 1, 'the preview program runs');
    const started = performance.now();
    const { code } = await run.end('SIGTERM');
    assert.equal(code, 0);
    assert.ok(performance.now() - started < 6000);
    for (const child of children) {
      assert.throws(() => process.kill(child, 0), { code: 'ESRCH' }, `process ${child} is gone`);
    }
  });

  it('ends at once on a second signal', async () => {
    await using run = start();
    await addressOf(run);
    run.child.kill('SIGINT');
    await run.said(/SIGINT: closing/);
    const { code } = await run.end('SIGINT');
    assert.ok(code === 130 || code === 0);
  });

  it('says so when the port is taken: 4', async () => {
    await using run = start();
    const { port } = new URL(await addressOf(run));
    const other = join(folder, 'other.yaml');
    await writeFile(
      other,
      `data: ${join(folder, 'other')}\nserver: {port: ${port}}\nmodels: {manifest: ${testManifest}}\n`,
    );
    await runCommand(['tokens', 'create', '-c', other, '--name', 't']);
    const { code, stderr } = await runCommand(['run', '-c', other]);
    assert.equal(code, 4, stderr);
    assert.match(stderr, /EADDRINUSE/);
  });

  it('does not pull beside its nodes what they pull: 2 with a cluster and without roles', async () => {
    const other = join(folder, 'cluster.yaml');
    await writeFile(
      other,
      `data: ${join(folder, 'cluster')}\ncluster: {servers: [nats://127.0.0.1:4222], node: a, secret: {env: CLUSTER_SECRET}}\n`,
    );
    const { code, stderr } = await runCommand(['run', '-c', other]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /--roles matching,control/);
  });

  it('opens to the network for nobody: 4 without any token', async () => {
    const other = join(folder, 'open.yaml');
    await writeFile(
      other,
      `data: ${join(folder, 'open')}\nserver: {host: 0.0.0.0, port: 0}\nmodels: {manifest: ${testManifest}}\n`,
    );
    const { code, stderr } = await runCommand(['run', '-c', other]);
    assert.equal(code, 4, stderr);
    assert.match(stderr, /tokens create/);
  });
});
