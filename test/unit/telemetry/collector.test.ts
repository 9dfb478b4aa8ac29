import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { FrameTrace } from '../../../src/telemetry/traces/frame-traces.ts';
import { openCollector } from '../../../src/telemetry/traces/open-collector.ts';
import { attributesOf, OtlpReceiver } from '../../support/telemetry/otlp-receiver.ts';

const at = 1_800_000_000_000;
const trace: FrameTrace = {
  start: at,
  end: at + 63.5,
  attributes: { 'nightglass.camera': 'lobby', 'nightglass.sequence': 7 },
  spans: [
    { name: 'decode', start: at, end: at + 4, attributes: {} },
    { name: 'embed', start: at + 40, end: at + 63.5, attributes: { 'nightglass.track': 't1' } },
  ],
};

describe('openCollector', () => {
  it('posts spans as OTLP over HTTP, with times and the headers asked for', async () => {
    await using receiver = await OtlpReceiver.start();
    const sent: unknown[] = [];
    const collector = await openCollector({
      endpoint: receiver.endpoint,
      headers: { authorization: 'Bearer abc' },
      version: '1.2.3',
      closeLimit: 20_000,
      onSent: (...what) => sent.push(what),
    });
    collector.send(trace);
    await collector.close();
    assert.deepEqual(receiver.spans.map(({ name }) => name).sort(), ['decode', 'embed', 'frame']);
    const named = (name: string) => {
      const span = receiver.spans.find((each) => each.name === name);
      assert.ok(span);
      return span;
    };
    const frame = named('frame');
    assert.equal(named('embed').parentSpanId, frame.spanId);
    assert.equal(named('embed').traceId, frame.traceId);
    assert.equal(BigInt(frame.startTimeUnixNano), BigInt(at) * 1_000_000n);
    assert.equal(BigInt(frame.endTimeUnixNano) - BigInt(frame.startTimeUnixNano), 63_500_000n);
    assert.deepEqual(attributesOf(frame), {
      'nightglass.camera': 'lobby',
      'nightglass.sequence': 7,
    });
    assert.ok(receiver.resources.has('service.name=nightglass'));
    assert.ok(receiver.resources.has('service.version=1.2.3'));
    assert.equal(receiver.headers[0]?.authorization, 'Bearer abc');
    assert.deepEqual(sent, [['exported', 3, undefined]]);
  });

  it('counts what a collector does not take, and ends all the same', async () => {
    await using receiver = await OtlpReceiver.start();
    receiver.status = 400;
    const sent: unknown[] = [];
    const collector = await openCollector({
      endpoint: receiver.endpoint,
      headers: {},
      version: '0',
      closeLimit: 20_000,
      onSent: (result, spans) => sent.push([result, spans]),
    });
    collector.send(trace);
    await collector.close();
    assert.deepEqual(sent, [['failed', 3]]);
  });
});

describe('a collector that never answers', () => {
  it('does not hold the end of the program up', { timeout: 30_000 }, async (t) => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    t.after(() => {
      silent.close();
      silent.closeAllConnections();
    });
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const collector = await openCollector({
      endpoint: `http://127.0.0.1:${port}/v1/traces`,
      headers: {},
      version: '0',
    });
    collector.send(trace);
    await collector.close();
    await collector.close();
  });
});

describe('traces that nobody asked for', () => {
  const probe = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({
      load(url, context, next) {
        // prom-client brings the small api package; what traces need is all the rest.
        if (/@opentelemetry\\/(?!api\\/)/.test(url)) loaded.push(url);
        return next(url, context);
      },
    });
    const { openTraces } = await import('./src/app/open-traces.ts');
    const { parseConfig } = await import('./src/config/load-config.ts');
    const { systemClock } = await import('./src/domain/clock.ts');
    await import('./src/app/compose.ts');
    const { config } = parseConfig(process.argv[1]);
    const log = { info() {}, warn() {} };
    const traces = await openTraces({
      config, baseDir: '.', env: {}, clock: systemClock, log, metrics: {}, version: '0',
    });
    await traces?.close();
    console.log(JSON.stringify({ traces: traces !== null, packages: loaded.length > 0 }));
  `;
  const run = async (config: string) => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', probe, config],
      { cwd: new URL('../../..', import.meta.url) },
    );
    return JSON.parse(stdout) as unknown;
  };

  it('load no package of OpenTelemetry', async () => {
    assert.deepEqual(await run(''), { traces: false, packages: false });
  });

  it('which the same probe sees when they are asked for', async () => {
    const config = "telemetry: {traces: {endpoint: 'http://127.0.0.1:1/v1/traces'}}";
    assert.deepEqual(await run(config), { traces: true, packages: true });
  });
});
