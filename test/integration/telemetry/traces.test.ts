import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { demoFootage } from '../../support/live/demo-footage.ts';
import {
  enrolWanted,
  type Live,
  startLive,
  testList,
  testPassword,
} from '../../support/live/start-live.ts';
import { attributesOf, OtlpReceiver } from '../../support/telemetry/otlp-receiver.ts';

describe('traces of frames from capture to alert', () => {
  let receiver: OtlpReceiver;
  let live: Live;
  let name: string;

  before(async () => {
    receiver = await OtlpReceiver.start();
    const { cameras, people } = await demoFootage();
    const [wanted] = people;
    assert.ok(wanted);
    name = wanted.name;
    live = await startLive({
      sources: Object.fromEntries(cameras.map((camera) => [camera.name, camera.source])),
      config: {
        // Nothing by chance: what arrives is traced because it raised an alert.
        telemetry: {
          traces: {
            endpoint: receiver.endpoint,
            sample: 0,
            headers: { 'x-key': { env: 'TEST_PASSWORD' } },
          },
        },
      },
    });
    await enrolWanted(live, wanted);
  });
  after(async () => {
    await live?.[Symbol.asyncDispose]();
    await receiver?.[Symbol.asyncDispose]();
  });

  it('reach the collector, each stage in its order and time', async () => {
    const order = [
      'decode',
      'wait',
      'detect',
      'track',
      'quality',
      'keyframe',
      'align',
      'enhance',
      'embed',
      'fuse',
      'match',
      'alert',
    ];
    const spans = await receiver.trace(['frame', ...order], 120_000);
    const frame = spans.find((span) => span.name === 'frame');
    assert.ok(frame);
    const about = attributesOf(frame);
    const { alerts } = await live.nightglass.services.alerts.list(
      { cameras: '*', watchlists: '*', limit: 10 },
      'test',
    );
    const alert = alerts.find(({ id }) => id === about['nightglass.alert']);
    assert.ok(alert, 'the trace names an alert that is stored');
    assert.equal(about['nightglass.camera'], alert.cameraId);
    assert.equal(about['nightglass.watchlist'], testList);
    // Of the face that raised it: one span a stage, one after another.
    const way = spans.filter(
      (span) =>
        span !== frame &&
        [undefined, alert.trackId].includes(attributesOf(span)['nightglass.track'] as string),
    );
    const byTime = way.toSorted(
      (a, b) =>
        Number(BigInt(a.endTimeUnixNano) - BigInt(b.endTimeUnixNano)) ||
        order.indexOf(a.name) - order.indexOf(b.name),
    );
    assert.deepEqual(
      byTime.map((span) => span.name),
      order,
    );
    for (const span of way) {
      assert.equal(span.parentSpanId, frame.spanId);
      assert.ok(BigInt(span.startTimeUnixNano) >= BigInt(frame.startTimeUnixNano), span.name);
      assert.ok(BigInt(span.endTimeUnixNano) <= BigInt(frame.endTimeUnixNano), span.name);
      assert.ok(BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano), span.name);
    }
  });

  it('name nobody; the key goes to the collector alone', { timeout: 30_000 }, async () => {
    const sent = receiver.bodies.join('\n');
    assert.ok(sent.length > 0);
    assert.ok(!sent.includes(name));
    const { alerts } = await live.nightglass.services.alerts.list(
      { cameras: '*', watchlists: '*', limit: 10 },
      'test',
    );
    for (const { personId } of alerts) assert.ok(!sent.includes(personId));
    assert.ok(!sent.includes(testPassword));
    assert.equal(receiver.headers[0]?.['x-key'], testPassword);
    assert.ok(!live.logged.join('').includes(testPassword));
    // The receiver has it a moment before the sender knows.
    const counted = /trace_spans_total\{result="exported"\} [1-9]/;
    while (!counted.test(await live.nightglass.services.metrics())) await setTimeout(50);
  });
});
