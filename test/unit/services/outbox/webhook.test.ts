import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import { isNightglassError } from '../../../../src/domain/errors.ts';
import type { OutboxMessage } from '../../../../src/domain/outbox/message.ts';
import { privateNetworks, targetRules } from '../../../../src/services/cameras/target-rules.ts';
import { webhookKey } from '../../../../src/services/outbox/webhook/sign-webhook.ts';
import {
  type WebhookOptions,
  webhookSender,
} from '../../../../src/services/outbox/webhook/webhook-sender.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { openWebhook } from '../../../support/services/webhook.ts';

const at = Date.UTC(2030, 0, 1);
const message: OutboxMessage = {
  ...{ id: '01J-0', type: 'nightglass.alert.raised.v1', at, cameraId: 'gate', sequence: 7 },
  data: {
    ...{ kind: 'alert', alertId: '01J', revision: 0, state: 'new', watchlistId: 'vip' },
    ...{ cameraId: 'gate', capturedAt: at, sightings: 0 },
  },
  pictures: [
    { kind: 'face', contentType: 'image/jpeg', machineMade: false, jpeg: Uint8Array.of(1, 2, 3) },
  ],
};
const secrets = ['whsec_bmlnaHRnbGFzcy1uaWdodGdsYXNzLW5pZ2h0', 'an older secret of plain text'];

function senderTo(t: TestContext, url: string, changes: Partial<WebhookOptions> = {}) {
  const clock = new FakeClock(at);
  const rules = targetRules(privateNetworks, { allowed: ['127.0.0.1'], as: 'the receiver r' });
  const sender = webhookSender({
    ...{ url, clock, keys: [], headers: {}, timeoutMs: 5_000, version: '1', language: 'en' },
    ...{ template: undefined, dashboard: undefined, addresses: rules.addresses, ...changes },
  });
  t.after(() => sender.close());
  return { sender, clock };
}

describe('webhookSender', () => {
  it('posts a CloudEvent that is signed with both secrets in force', async (t) => {
    const { url, received } = await openWebhook(t);
    const keys = secrets.map((secret) => webhookKey(secret, 'x'));
    const { sender } = senderTo(t, url, { keys, headers: { authorization: 'Bearer x' } });
    assert.deepEqual(await sender.send(message), { taken: true });
    const [{ headers, body } = assert.fail()] = received;
    assert.equal(headers['content-type'], 'application/cloudevents+json; charset=utf-8');
    assert.equal(headers.authorization, 'Bearer x');
    assert.equal(headers['webhook-id'], '01J-0');
    assert.equal(headers['webhook-timestamp'], String(at / 1000));
    const expected = keys.map((key) => {
      const text = `01J-0.${at / 1000}.${body}`;
      return `v1,${createHmac('sha256', key).update(text).digest('base64')}`;
    });
    assert.equal(headers['webhook-signature'], expected.join(' '));
    const event = JSON.parse(body);
    assert.deepEqual(
      { ...event, data: undefined },
      {
        ...{ specversion: '1.0', id: '01J-0', source: '/cameras/gate', subject: 'gate' },
        ...{ type: 'nightglass.alert.raised.v1', time: '2030-01-01T00:00:00.000Z' },
        ...{ datacontenttype: 'application/json', sequence: '0000000000000007', data: undefined },
      },
    );
    assert.equal(event.data.capturedAt, '2030-01-01T00:00:00.000Z');
    assert.equal(event.data.pictures[0].base64, 'AQID');
  });

  it('writes the body of a template, with the words of its language and a link', async (t) => {
    const { url, received } = await openWebhook(t);
    const template = { chat_id: 5, text: '{{title}} {{link}}' };
    const { sender } = senderTo(t, url, {
      template,
      language: 'zh',
      dashboard: 'https://n.example/',
    });
    await sender.send(message);
    assert.deepEqual(JSON.parse(received[0]?.body ?? ''), {
      chat_id: 5,
      text: '警报：vip https://n.example/#/alerts/01J',
    });
  });

  it('tells what will never be taken from what may be later', async (t) => {
    let status = 0;
    const { url } = await openWebhook(t, (response) => {
      response.statusCode = status;
      if (status === 429) response.setHeader('retry-after', '90');
      return undefined;
    });
    const { sender } = senderTo(t, url);
    const seen: unknown[] = [];
    for (status of [200, 202, 400, 422, 401, 404, 410, 429, 500]) {
      const attempt = await sender.send(message);
      seen.push(attempt.taken || [attempt.refused, attempt.retryAfterMs]);
    }
    const later = [false, undefined];
    assert.deepEqual(seen, [
      ...[true, true, [true, undefined], [true, undefined]],
      ...[later, later, later, [false, 90_000], later],
    ]);
  });

  it('follows no redirect', async (t) => {
    const elsewhere = await openWebhook(t);
    const { url } = await openWebhook(t, (response) => {
      response.statusCode = 307;
      response.setHeader('location', elsewhere.url);
      return undefined;
    });
    const attempt = await senderTo(t, url).sender.send(message);
    assert.deepEqual(attempt, {
      ...{ taken: false, refused: false },
      reason: 'status 307: redirects are not followed',
    });
    assert.equal(elsewhere.received.length, 0);
  });

  it('connects to no private address that is not allowed, whatever a name leads to', async (t) => {
    const { url, received } = await openWebhook(t);
    const { port } = new URL(url);
    let found = ['192.0.2.1'];
    const rules = targetRules(privateNetworks, {
      resolve: async () => found,
      as: 'the receiver r',
    });
    for (const host of [
      '127.0.0.1',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '0.0.0.0',
      '[64:ff9b::7f00:1]',
    ]) {
      const { sender } = senderTo(t, `http://${host}:${port}/`, { addresses: rules.addresses });
      const attempt = await sender.send(message);
      assert.match(attempt.taken ? '' : attempt.reason, /the address is refused/, host);
    }
    // The name leads to a public address first, and to this machine later.
    const { sender } = senderTo(t, `http://hook.invalid:${port}/`, { addresses: rules.addresses });
    for (const ip of ['127.0.0.1', '10.0.0.1', '169.254.169.254', 'fd00::1']) {
      found = ['192.0.2.1', ip];
      const attempt = await sender.send(message);
      assert.match(attempt.taken ? '' : attempt.reason, /the address is refused/, ip);
    }
    assert.equal(received.length, 0);
  });

  it('ends at its time-out where no status comes', async (t) => {
    const { url, received } = await openWebhook(t, () => 'held');
    const { sender, clock } = senderTo(t, url);
    const attempt = sender.send(message);
    while (received.length === 0) await new Promise((done) => setTimeout(done, 5));
    clock.advance(5_001);
    assert.match(JSON.stringify(await attempt), /no answer in time/);
  });

  it('takes the status for the answer, however slowly its body comes, and waits little for it', async (t) => {
    let cut = 0;
    const { url, received } = await openWebhook(t, (response, count) => {
      response.writeHead(count === 1 ? 201 : 503);
      response.write('x');
      response.on('close', () => {
        cut += 1;
      });
      return 'held';
    });
    const { sender, clock } = senderTo(t, url, { timeoutMs: 600_000 });
    const settled: unknown[] = [];
    for (const count of [1, 2]) {
      const attempt = sender.send(message).then((result) => settled.push(result));
      while (received.length < count) await new Promise((done) => setTimeout(done, 5));
      // Time goes on only once the head of the answer is there: the wait for its body is the last.
      while (settled.length < count) {
        clock.advance(100);
        await new Promise((done) => setTimeout(done, 20));
        assert.ok(clock.now() - at < 3_600_000);
      }
      await attempt;
      while (cut < count) await new Promise((done) => setTimeout(done, 5));
    }
    assert.deepEqual(settled, [
      { taken: true },
      { taken: false, refused: false, reason: 'status 503' },
    ]);
  });

  it('reads no more of an answer than its bound', async (t) => {
    let written = 0;
    const { url } = await openWebhook(t, (response) => {
      response.writeHead(200);
      const piece = Buffer.alloc(64 * 1024);
      const more = () => {
        while (!response.destroyed && written < 2 ** 26) {
          written += piece.length;
          if (!response.write(piece)) return void response.once('drain', more);
        }
      };
      more();
      return 'held';
    });
    assert.deepEqual(await senderTo(t, url).sender.send(message), { taken: true });
    assert.ok(written < 2 ** 24, `${written} bytes`);
  });

  it('says no address and no secret when it fails', async (t) => {
    const { url } = await openWebhook(t, (response) => {
      response.statusCode = 503;
      return undefined;
    });
    const secret = new URL('/bot123:SECRET/send?key=SECRET', url).href;
    const closed = secret.replace(/:\d+\//, ':9/');
    for (const each of [secret, closed]) {
      assert.doesNotMatch(JSON.stringify(await senderTo(t, each).sender.send(message)), /SECRET/);
    }
  });
});

describe('webhookKey', () => {
  it('reads both forms, and refuses what could be guessed', () => {
    assert.equal(webhookKey(secrets[0] ?? '', 'x').toString(), 'nightglass-nightglass-night');
    assert.equal(webhookKey(secrets[1] ?? '', 'x').toString(), secrets[1]);
    for (const short of ['short', 'whsec_AAAA']) {
      assert.throws(
        () => webhookKey(short, 'x'),
        (error) => isNightglassError(error, 'CONFIG_INVALID') && !error.message.includes(short),
      );
    }
  });
});
