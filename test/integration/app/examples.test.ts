import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
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

  before(async () => {
    const [wanted] = (await demoFootage()).people;
    assert.ok(wanted?.enrolment[0]);
    // Away for longer than the quiet period, so that alerts keep coming.
    const wall = await posterFootage([
      { seconds: 3, picture: wanted.enrolment[0] },
      { seconds: 4, picture: null },
    ]);
    live = await startLive({
      sources: { wall },
      config: { alerts: { quietPeriod: '1s', joinWithin: '0s' }, tracking: { maxOcclusion: '1s' } },
      openOnLoopback: false,
    });
    token = makeToken(live, { name: 'example', role: 'operator' });
    const alerted = within(60_000, 'an alert', live.nightglass.services.alerts$);
    await enrolWanted(live, wanted);
    await alerted;
    expected = `wall ${wanted.name}`;
  });
  after(() => live?.[Symbol.asyncDispose]());

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
