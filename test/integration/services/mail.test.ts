import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { systemClock } from '../../../src/domain/clock.ts';
import type { OutboxMessage } from '../../../src/domain/outbox/message.ts';
import { privateNetworks, targetRules } from '../../../src/services/cameras/target-rules.ts';
import { type MailOptions, MailSender } from '../../../src/services/outbox/mail/mail-sender.ts';
import { hasOpenssl, makeAuthority } from '../../support/gateway/certificates.ts';
import { openMailServer } from '../../support/services/mail-server.ts';
import { silentLog } from '../../support/store/open-store.ts';

const at = Date.UTC(2030, 0, 1);
const jpeg = new Uint8Array(3_000).map((_, index) => index % 251);
const message = (number: number): OutboxMessage => ({
  ...{
    id: `01J${number}-0`,
    type: 'nightglass.alert.raised.v1',
    at,
    cameraId: 'gate',
    sequence: 7,
  },
  data: {
    ...{ kind: 'alert', alertId: `01J${number}`, revision: 0, state: 'new', watchlistId: 'vip' },
    ...{ cameraId: 'gate', capturedAt: at, sightings: 0 },
    names: { watchlist: 'Gäste\r\nBcc: all@example.org', personId: 'p', person: '陈 Ada' },
  },
  pictures: [{ kind: 'face', contentType: 'image/jpeg', machineMade: false, jpeg }],
});

function senderTo(t: TestContext, port: number, changes: Partial<MailOptions> = {}) {
  const sender = new MailSender({
    ...{ receiverId: 'desk', host: 'localhost', port, tls: 'none', language: 'en' },
    ...{ from: 'Nightglass <nightglass@example.org>', to: ['desk@example.org'] },
    ...{ dashboard: 'https://n.example', timeoutMs: 20_000, clock: systemClock, log: silentLog },
    ...{ addresses: async () => ['127.0.0.1'], ...changes },
  });
  t.after(() => sender.close());
  return sender;
}

/** Header lines of a mail, those that go on joined. */
const headOf = (raw: string) => (raw.split('\r\n\r\n')[0] ?? '').replace(/\r\n[ \t]/g, ' ');

/** Answers to MAIL with line upon line without end, so that no connection is ever idle. */
async function openSlowServer(t: TestContext, onEnd: () => void) {
  const server = createServer((socket) => {
    socket.write('220 slow\r\n');
    let drip: NodeJS.Timeout | undefined;
    socket.on('data', (bytes) => {
      if (!bytes.toString().startsWith('MAIL')) return void socket.write('250 slow\r\n');
      drip = setInterval(() => socket.write('250-one moment\r\n'), 100);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(drip);
      onEnd();
    });
    t.after(() => socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return server.address() as { readonly port: number };
}

describe('MailSender', () => {
  it('sends words, a link and the picture; what a name holds adds no header', async (t) => {
    const { port, mails } = await openMailServer(t);
    const to = ['desk@example.org', 'Second <second@example.org>'];
    assert.deepEqual(await senderTo(t, port, { to }).send(message(1)), { taken: true });
    const [{ raw, to: recipients } = assert.fail()] = mails;
    assert.deepEqual(recipients, ['desk@example.org', 'second@example.org']);
    const head = headOf(raw);
    assert.match(head, /^Message-ID: <01J1-0@example\.org>$/im);
    assert.match(head, /^Auto-Submitted: auto-generated$/im);
    assert.doesNotMatch(head, /^bcc:/im);
    assert.match(raw, /https:\/\/n\.example\/#\/alerts\/01J1/);
    assert.match(raw, /filename=01J1-0-face\.jpg/);
    const base64 = Buffer.from(jpeg).toString('base64');
    assert.ok(raw.replaceAll('\r\n', '').includes(base64));
  });

  it('writes Chinese, and many messages as one digest', async (t) => {
    const { port, mails } = await openMailServer(t);
    const sender = senderTo(t, port, { language: 'zh', digestMs: 60_000 });
    assert.deepEqual(await sender.sendDigest([message(1), message(2), message(3)]), {
      taken: true,
    });
    const [{ raw } = assert.fail()] = mails;
    const subject = /^Subject: (.*)$/m.exec(headOf(raw))?.[1] ?? '';
    const words = [...subject.matchAll(/=\?UTF-8\?([BQ])\?([^?]*)\?=/gi)].map(
      ([, kind = '', text = '']) => {
        if (kind.toUpperCase() === 'B') return Buffer.from(text, 'base64');
        const bytes = text
          .replaceAll('_', ' ')
          .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
        return Buffer.from(bytes, 'latin1');
      },
    );
    assert.equal(Buffer.concat(words).toString(), 'Nightglass：3 条消息，其中 3 条警报');
    for (const number of [1, 2, 3])
      assert.match(raw, new RegExp(`filename=01J${number}-0-face.jpg`));
  });

  it('speaks TLS to the server that is meant, and nothing without', {
    skip: hasOpenssl ? false : 'there is no openssl',
  }, async (t) => {
    const authority = makeAuthority('of the mail');
    const { certificate: cert, key } = authority.issue('DNS:localhost');
    const ca = authority.certificate;
    const starttls = await openMailServer(t, { cert, key, disabledCommands: [] });
    const implicit = await openMailServer(t, { cert, key, secure: true });
    const plain = await openMailServer(t);
    for (const [server, tls] of [
      [starttls, 'starttls'],
      [implicit, 'implicit'],
    ] as const) {
      const attempt = await senderTo(t, server.port, { tls, ca }).send(message(1));
      assert.deepEqual(attempt, { taken: true }, tls);
      assert.equal(server.mails[0]?.secure, true);
      const stranger = makeAuthority('of another').certificate;
      const distrusted = await senderTo(t, server.port, { tls, ca: stranger }).send(message(1));
      assert.equal(distrusted.taken, false, tls);
      assert.equal(server.mails.length, 1);
    }
    const stripped = await senderTo(t, plain.port, { tls: 'starttls', ca }).send(message(1));
    assert.equal(stripped.taken, false);
    assert.equal(plain.mails.length, 0);
  });

  it('logs in, and quotes no password where that fails', async (t) => {
    const { port, mails } = await openMailServer(t, {
      authOptional: false,
      allowInsecureAuth: true,
      onAuth({ username, password }, _, done) {
        if (username === 'u' && password === 'right-secret') done(null, { user: 'u' });
        else done(new Error(`not ${password}`));
      },
    });
    const login = { user: 'u', pass: 'right-secret' };
    assert.deepEqual(await senderTo(t, port, { login }).send(message(1)), { taken: true });
    const wrong = { login: { user: 'u', pass: 'wrong-secret' } };
    const attempt = await senderTo(t, port, wrong).send(message(1));
    assert.match(attempt.taken ? '' : attempt.reason, /^localhost:\d+: EAUTH 535$/);
    assert.equal(attempt.taken || attempt.refused, false);
    assert.equal(mails.length, 1);
  });

  it('tells what will never be taken from what may be later', async (t) => {
    const answer = { code: 0 };
    const { port } = await openMailServer(t, {
      onRcptTo(_, __, done) {
        done(Object.assign(new Error('no'), { responseCode: answer.code }));
      },
    });
    const sender = senderTo(t, port);
    answer.code = 451;
    const later = await sender.send(message(1));
    assert.deepEqual(later, {
      ...{ taken: false, refused: false, reason: `localhost:${port}: EENVELOPE 451` },
    });
    answer.code = 550;
    const never = await sender.send(message(1));
    assert.equal(never.taken || never.refused, true);
  });

  it('has ended a mail that takes too long before its attempt counts as failed', async (t) => {
    let ended = 0;
    const { port } = await openSlowServer(t, () => {
      ended += 1;
    });
    const sender = senderTo(t, port, { timeoutMs: 2_000 });
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      const late = await sender.send(message(1));
      assert.match(late.taken ? '' : late.reason, /no answer in time/);
      for (let turn = 0; turn < 500 && ended < attempt; turn += 1) {
        await new Promise((done) => setTimeout(done, 20));
      }
      assert.equal(ended, attempt, 'its connection is gone');
    }
  });

  for (const tls of ['starttls', 'implicit'] as const) {
    it(`ends a mail that takes too long over TLS, too (${tls})`, {
      skip: hasOpenssl ? false : 'there is no openssl',
    }, async (t) => {
      const authority = makeAuthority('of the mail');
      const { certificate: cert, key } = authority.issue('DNS:localhost');
      let ended = 0;
      const { port } = await openMailServer(t, {
        ...{ cert, key, secure: tls === 'implicit' },
        ...(tls === 'starttls' ? { disabledCommands: [] } : {}),
        // Never answered.
        onMailFrom: () => undefined,
        onClose() {
          ended += 1;
        },
      });
      const trust = { tls, ca: authority.certificate };
      const late = await senderTo(t, port, { ...trust, timeoutMs: 3_000 }).send(message(1));
      assert.match(late.taken ? '' : late.reason, /no answer in time/);
      for (let turn = 0; turn < 500 && ended === 0; turn += 1) {
        await new Promise((done) => setTimeout(done, 20));
      }
      assert.equal(ended, 1);
    });
  }

  it('ends where nothing answers, and goes nowhere that is not allowed', async (t) => {
    const mute = createServer().listen(0, '127.0.0.1');
    await once(mute, 'listening');
    t.after(() => mute.close());
    const { port } = mute.address() as { port: number };
    const late = await senderTo(t, port, { timeoutMs: 300 }).send(message(1));
    assert.equal(late.taken, false);
    const rules = targetRules(privateNetworks, { as: 'the receiver desk' });
    const { port: open, mails } = await openMailServer(t);
    const refused = await senderTo(t, open, { addresses: rules.addresses }).send(message(1));
    assert.match(refused.taken ? '' : refused.reason, /the address is refused/);
    assert.equal(mails.length, 0);
  });
});
