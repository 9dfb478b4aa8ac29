import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it, type TestContext } from 'node:test';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import { openGateway } from '../../support/gateway/open-gateway.ts';
import { sampleAlert } from '../../support/gateway/sample-alert.ts';

const examples = join(import.meta.dirname, '../../../examples');
const access = () => new FakeAccess({ secret: { role: 'operator' } });
const has = (program: string, ...args: string[]) => spawnSync(program, args).status === 0;

async function gatewayWithAlert(t: TestContext) {
  const opened = await openGateway(t, { access: access(), openOnLoopback: false });
  opened.backend.pictures.set('face', new Uint8Array([0xff, 0xd8, 1]));
  opened.backend.raise({ change: 'created', alert: sampleAlert(1) });
  return opened;
}

function start(t: TestContext, program: string, args: readonly string[], token = 'secret') {
  const child = spawn(program, args, { env: { ...process.env, NIGHTGLASS_TOKEN: token } });
  t.after(() => child.kill());
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return {
    child,
    line: async () => (await lines.next()).value as string | undefined,
    stderr: () => said,
    ended: once(child, 'close') as Promise<[number | null]>,
  };
}

describe('examples', () => {
  it('curl: fetches and acknowledges the newest open alert', async (t) => {
    if (!has('curl', '--version')) {
      t.skip('there is no curl');
      return;
    }
    const { address, backend } = await gatewayWithAlert(t);
    const folder = await mkdtemp(join(tmpdir(), 'nightglass-example-'));
    t.after(() => rm(folder, { recursive: true }));
    const face = join(folder, 'face.jpg');
    const run = start(t, 'sh', [join(examples, 'review-alert.sh'), address, face]);
    const [code] = await run.ended;
    assert.equal(code, 0, run.stderr());
    assert.deepEqual([...(await readFile(face))], [0xff, 0xd8, 1]);
    assert.equal(backend.alertStore.list()[0]?.state, 'acknowledged');
    const again = start(t, 'sh', [join(examples, 'review-alert.sh'), address, face]);
    const [none] = await again.ended;
    assert.equal(none, 1);
    assert.match(again.stderr(), /no open alert/);
  });

  it('Node: prints alerts as they come', async (t) => {
    const { address, backend } = await gatewayWithAlert(t);
    const run = start(t, process.execPath, [
      '--conditions=development',
      join(examples, 'watch-alerts.mjs'),
      address,
    ]);
    while (!run.stderr().includes('live')) await once(run.child.stderr, 'data');
    backend.raise({ change: 'created', alert: sampleAlert(2) });
    assert.equal(await run.line(), `${sampleAlert(2).id} created gate Painted Person`);
  });

  it('Python: prints the review queue', async (t) => {
    if (!has('python3', '--version')) {
      t.skip('there is no python3');
      return;
    }
    const { address } = await gatewayWithAlert(t);
    const run = start(t, 'python3', [join(examples, 'open_alerts.py'), address]);
    assert.equal(await run.line(), `${sampleAlert(1).id} new gate Painted Person`, run.stderr());
  });

  it('Python: prints alerts as they come', async (t) => {
    if (!has('python3', '-c', 'import websockets.sync.client')) {
      t.skip('there is no python3 with websockets');
      return;
    }
    const { address, backend } = await gatewayWithAlert(t);
    const url = `${address.replace('http', 'ws')}/ws`;
    const run = start(t, 'python3', [join(examples, 'watch_alerts.py'), url]);
    // Nothing tells when it has subscribed: the alert is told until it is heard.
    const heard = run.line();
    let n = 2;
    const timer = setInterval(() => {
      backend.raise({ change: 'created', alert: sampleAlert(n) });
      n += 1;
    }, 50);
    const line = await heard;
    clearInterval(timer);
    assert.match(line ?? '', /created gate Painted Person$/, run.stderr());
  });
});
