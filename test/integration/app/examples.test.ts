import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it, type TestContext } from 'node:test';
import { demoFootage } from '../../support/live/demo-footage.ts';
import { makeToken } from '../../support/live/make-token.ts';
import { posterFootage } from '../../support/live/poster-footage.ts';
import { enrolWanted, type Live, startLive } from '../../support/live/start-live.ts';
import { within } from '../../support/live/within.ts';

const examples = join(import.meta.dirname, '../../../examples');
const has = (program: string, ...args: string[]) => spawnSync(program, args).status === 0;

/** Every line that a program prints, and how it ended. */
function start(t: TestContext, program: string, args: readonly string[], token: string) {
  const child: ChildProcess = spawn(program, args, {
    env: { ...process.env, NIGHTGLASS_TOKEN: token },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill());
  assert.ok(child.stdout && child.stderr);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return {
    line: async () => (await lines.next()).value as string | undefined,
    stderr: () => said,
    ended: once(child, 'close') as Promise<[number | null]>,
  };
}

describe('examples against the running product', () => {
  let live: Live;
  let token: string;
  let expected: string;
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  let hook: ChildProcess;
  let secretFolder: string | undefined;
  /** What the receiver of webhooks printed. */
  const heard: string[] = [];

  before(async () => {
    const [wanted] = (await demoFootage()).people;
    assert.ok(wanted?.enrolment[0]);
    // Away for longer than the quiet period, so that alerts keep coming.
    const wall = await posterFootage([
      { seconds: 3, picture: wanted.enrolment[0] },
      { seconds: 4, picture: null },
    ]);
    hook = spawn(process.execPath, [join(examples, 'receive-webhook.mjs'), '0'], {
      env: { ...process.env, NIGHTGLASS_HOOK_SECRET: secret },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    assert.ok(hook.stdout);
    const lines = createInterface({ input: hook.stdout }).on('line', (line) => heard.push(line));
    await once(lines, 'line');
    secretFolder = await mkdtemp(join(tmpdir(), 'nightglass-hook-'));
    const file = join(secretFolder, 'secret');
    await writeFile(file, secret);
    const webhook = {
      ...{ url: heard[0]?.split(' ').at(-1), secret: { file }, allow: ['127.0.0.1'] },
    };
    live = await startLive({
      sources: { wall },
      config: {
        alerts: { quietPeriod: '1s', joinWithin: '0s' },
        tracking: { maxOcclusion: '1s' },
        receivers: [{ id: 'example', show: { names: true, pictures: ['face'] }, webhook }],
      },
      openOnLoopback: false,
    });
    token = makeToken(live, { name: 'example', role: 'operator' });
    const alerted = within(60_000, 'an alert', live.nightglass.services.alerts$);
    await enrolWanted(live, wanted);
    await alerted;
    expected = `wall ${wanted.name}`;
  });
  after(async () => {
    await live?.[Symbol.asyncDispose]();
    hook?.kill();
    if (secretFolder !== undefined) await rm(secretFolder, { recursive: true });
  });

  it('curl: fetches and acknowledges the newest open alert', async (t) => {
    if (!has('curl', '--version')) {
      t.skip('there is no curl');
      return;
    }
    const face = join(live.dataDir, 'face.jpg');
    const { address, services } = live.nightglass;
    const run = start(t, 'sh', [join(examples, 'review-alert.sh'), address, face], token);
    const [code] = await run.ended;
    assert.equal(code, 0, run.stderr());
    assert.deepEqual([...(await readFile(face)).subarray(0, 2)], [0xff, 0xd8]);
    const filter = { cameras: '*', watchlists: '*', limit: 10 } as const;
    const { total } = await services.alerts.list({ ...filter, states: ['acknowledged'] }, 'test');
    assert.equal(total, 1);
  });

  it('Node: prints alerts as they come', async (t) => {
    const script = join(examples, 'watch-alerts.mjs');
    const args = ['--conditions=development', script, live.nightglass.address];
    const run = start(t, process.execPath, args, token);
    assert.match((await run.line()) ?? '', new RegExp(`(created|updated|reviewed) ${expected}$`));
  });

  it('Node: takes what is sent to a webhook, and nothing that is not signed', async () => {
    const { services } = live.nightglass;
    const by = { name: 'test' };
    assert.equal((await services.receivers.test('example', by)).reason, null);
    const isHeard = () => heard.some((line) => line.startsWith('nightglass.alert.raised.v1'));
    for (let turn = 0; turn < 1_200 && !isHeard(); turn += 1) {
      await new Promise((done) => setTimeout(done, 50));
    }
    assert.ok(heard.includes('nightglass.test.v1 - '), heard.join('\n'));
    assert.ok(heard.includes(`nightglass.alert.raised.v1 ${expected}`), heard.join('\n'));
    const url = heard[0]?.split(' ').at(-1) ?? '';
    const forged = await fetch(url, {
      method: 'POST',
      headers: { 'webhook-id': 'x', 'webhook-timestamp': String(Date.now() / 1000) },
      body: '{}',
    });
    assert.equal(forged.status, 401);
    assert.doesNotMatch(
      live.logged.join('\n'),
      new RegExp(secret.slice(6, 30).replace(/[+/]/g, '.')),
    );
  });

  it('Python: prints the review queue', async (t) => {
    if (!has('python3', '--version')) {
      t.skip('there is no python3');
      return;
    }
    const script = join(examples, 'open_alerts.py');
    const run = start(t, 'python3', [script, live.nightglass.address], token);
    assert.match((await run.line()) ?? '', new RegExp(`(new|acknowledged) ${expected}$`));
  });

  it('Python: prints alerts as they come', async (t) => {
    if (!has('python3', '-c', 'import websockets.sync.client')) {
      t.skip('there is no python3 with websockets');
      return;
    }
    const url = `${live.nightglass.address.replace('http', 'ws')}/ws`;
    const run = start(t, 'python3', [join(examples, 'watch_alerts.py'), url], token);
    assert.match((await run.line()) ?? '', new RegExp(`(created|updated|reviewed) ${expected}$`));
  });
});
