import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { testFootage } from '../../support/demo/test-footage.ts';
import { EventSocket } from '../../support/gateway/event-socket.ts';
import { type Live, startLive, testPassword, testUser } from '../../support/live/start-live.ts';
import { untilFrames, untilState } from '../../support/live/watch-camera.ts';

/** The password in every form in which it might slip out. */
const forms = [
  testPassword,
  encodeURIComponent(testPassword),
  Buffer.from(testPassword).toString('base64').replace(/=+$/, ''),
  Buffer.from(`${testUser}:${testPassword}`).toString('base64').replace(/=+$/, ''),
  Buffer.from(testPassword).toString('hex'),
];

function leaksIn(text: string): string[] {
  return forms.filter((form) => text.includes(form));
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

/** Command lines of this process and of everything that it started, by process id. */
function commandLines(): Map<number, string> {
  const parents = new Map<number, number>();
  const lines = new Map<number, string>();
  for (const entry of readdirSync('/proc')) {
    const id = Number(entry);
    if (!Number.isInteger(id)) continue;
    try {
      const stat = readFileSync(`/proc/${id}/stat`, 'utf8');
      parents.set(id, Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
      lines.set(id, readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' '));
    } catch {
      // Ended in between.
    }
  }
  const ours = (id: number | undefined): boolean =>
    id !== undefined && (id === process.pid || (id > 1 && ours(parents.get(id))));
  return new Map([...lines].filter(([id]) => ours(id)));
}

describe('a camera password', () => {
  let live: Live;
  let socket: EventSocket;

  before(async () => {
    const source = await testFootage();
    live = await startLive({ sources: { good: source, refused: source } });
    live.server.camera('refused').refuse();
    live.server.camera('refused').disconnect();
    socket = await EventSocket.open(`${live.nightglass.address}/ws`);
    socket.send({
      type: 'subscribe',
      topics: ['alerts', 'detections', 'tracks', 'status'],
      cameras: ['*'],
    });
    await untilFrames(live, 'good', 20);
    await untilState(live, 'refused', ['unauthorized']);
  });
  after(async () => {
    await socket?.close();
    await live?.[Symbol.asyncDispose]();
  });

  it('would be found by these searches', () => {
    for (const form of forms) assert.deepEqual(leaksIn(`x${form}y`).length >= 1, true);
    const own = [...commandLines().values()].join('\n');
    assert.match(own, /node/);
  });

  it('appears on no command line while the preview runs', async () => {
    const viewer = await EventSocket.open(`${live.nightglass.address}/preview/good`);
    await viewer.chunk();
    const lines = commandLines();
    const all = [...lines.values()].join('\n');
    assert.match(all, /encode-preview|ffmpeg/, 'the preview program runs');
    assert.deepEqual(leaksIn(all), []);
    assert.ok(!all.includes(live.server.url('good')), 'nor does the address of the camera');
    await viewer.close();
  });

  it('appears in no answer, page, metric or error', async () => {
    const { address } = live.nightglass;
    const document = (await (await fetch(`${address}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, unknown>>;
    };
    const paths = Object.entries(document.paths)
      .filter(([, methods]) => 'get' in methods)
      .map(([path]) => path.replace(/\{[^}]+\}/g, 'refused'));
    assert.ok(paths.length >= 10);
    for (const path of [...paths, '/', '/openapi.json', '/asyncapi.json', '/nowhere']) {
      const answer = await fetch(`${address}${path}`);
      const text = `${JSON.stringify([...answer.headers])} ${await answer.text()}`;
      assert.deepEqual(leaksIn(text), [], path);
    }
  });

  it('appears in no message on the socket', () => {
    assert.ok(socket.heard.some(({ type }) => type === 'nightglass.camera.v1'));
    assert.deepEqual(leaksIn(JSON.stringify(socket.heard)), []);
  });

  it('appears in no log line, debug included', () => {
    assert.ok(live.logged.some((line) => line.includes('unauthorized')));
    assert.deepEqual(leaksIn(live.logged.join('')), []);
  });

  it('appears in no file of the data folder', () => {
    const files = filesBelow(live.dataDir).filter((path) => statSync(path).isFile());
    assert.ok(files.some((path) => path.endsWith('nightglass.db')));
    for (const path of files) assert.deepEqual(leaksIn(readFileSync(path, 'latin1')), [], path);
  });
});
