import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { NightglassClient } from '../../../src/client/nightglass-client.ts';
import { type TlsTrust, tlsTransport } from '../../../src/client-node/tls-transport.ts';
import { defaultLimits } from '../../../src/domain/gateway-limits.ts';
import type { Gateway, GatewayOptions } from '../../../src/gateway/gateway.ts';
import type { GatewayTls } from '../../../src/gateway/tls/tls-options.ts';
import { hasOpenssl, makeAuthority, type Pair } from '../../support/gateway/certificates.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import { makeGateway } from '../../support/gateway/open-gateway.ts';
import { sampleAlert } from '../../support/gateway/sample-alert.ts';

const skip = hasOpenssl ? false : 'needs openssl to make certificates';
const ours = skip === false ? makeAuthority('ours') : undefined;
const clients = skip === false ? makeAuthority('clients') : undefined;
const strangers = skip === false ? makeAuthority('strangers') : undefined;
const names = 'DNS:nightglass.test,DNS:*.wild.test,IP:127.0.0.1';

function material({ certificate, key }: Pair, clientCa?: string): GatewayTls['material'] {
  const more = { passphrase: undefined, clientCa, minVersion: '1.2', expiresAt: 0 } as const;
  return { certificate, key, ...more };
}

/** A gateway with TLS, tokens wanted, and how its handshakes ended. */
async function openTls(
  t: TestContext,
  tls: Partial<GatewayTls> = {},
  options: Partial<GatewayOptions> = {},
) {
  assert.ok(ours);
  const results: string[] = [];
  const { gateway, services } = await makeGateway({
    openOnLoopback: false,
    access: new FakeAccess({ admin: { role: 'admin' } }),
    tls: {
      material: material(ours.issue(names)),
      clientCertificates: 'none',
      hstsMs: 86_400_000,
      ...tls,
    },
    observer: { handshake: (result) => results.push(result) },
    ...options,
  });
  t.after(() => gateway.close());
  return { gateway, services, results, port: Number(new URL(gateway.address).port) };
}

function clientOf({ address }: Gateway, trust: TlsTrust = {}): NightglassClient {
  return new NightglassClient({
    ...{ address, token: 'admin' },
    ...tlsTransport({ ...(ours && { ca: ours.certificate }), ...trust }),
  });
}

/** Where a request of plain HTTP is sent. */
async function redirectOf(gateway: Gateway, host: string, path = '/alerts?x=1', method = 'GET') {
  const { promise, resolve, reject } = Promise.withResolvers<[number, string | undefined]>();
  request(
    `${gateway.redirectAddress}/`,
    { path, method, headers: { host }, agent: false },
    (answer) => {
      answer.resume();
      resolve([answer.statusCode ?? 0, answer.headers.location]);
    },
  )
    .once('error', reject)
    .end();
  return promise;
}

/** Why a handshake, or what comes after it, fails for a client; undefined where it does not. */
async function failureOf(port: number, options: ConnectionOptions = {}) {
  const socket = connectTls({ port, host: '127.0.0.1', ca: ours?.certificate, ...options });
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
  socket.once('close', () => resolve('closed'));
  socket.once('secureConnect', () => socket.write('GET /readyz HTTP/1.1\r\nhost: h\r\n\r\n'));
  socket.once('data', () => resolve(undefined));
  const outcome = await promise;
  socket.destroy();
  return outcome;
}

describe('the gateway over TLS', { skip }, () => {
  it('serves API, pictures, uploads, the dashboard and sockets to who trusts its authority', async (t) => {
    const { gateway, services, results } = await openTls(t);
    assert.match(gateway.address, /^https:/);
    const client = clientOf(gateway);
    assert.equal((await client.session()).name, 'admin');
    assert.equal((await client.health()).status, 'ok');
    const graded = await client.grade([new Blob([new Uint8Array(100)])]);
    assert.ok(Array.isArray(graded));
    const heard = Promise.withResolvers<string>();
    const watch = client.watch({
      topics: ['alerts'],
      onAlert: (event) => heard.resolve(event.id),
      onState: (state) => {
        if (state === 'live') services.raise({ change: 'created', alert: sampleAlert(1) });
      },
    });
    assert.equal(await heard.promise, sampleAlert(1).id);
    watch.close();
    assert.ok(results.includes('ok'));
  });

  it('is refused by who does not trust its authority', async (t) => {
    const { gateway } = await openTls(t);
    await assert.rejects(clientOf(gateway, { ca: strangers?.certificate ?? '' }).session(), {
      status: 0,
      code: 'UNREACHABLE',
    });
  });

  it('marks the cookie as secure and tells browsers to come by TLS', async (t) => {
    const { gateway } = await openTls(t);
    const { fetch } = tlsTransport({ ca: ours?.certificate ?? '' });
    const answer = await fetch(`${gateway.address}/api/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: 'admin' }),
    });
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('set-cookie') ?? '', /; Secure(;|$)/);
    assert.equal(answer.headers.get('strict-transport-security'), 'max-age=86400');
  });

  it('does not speak versions below its least one', async (t) => {
    const { port, results } = await openTls(t);
    assert.equal(await failureOf(port, { maxVersion: 'TLSv1.2' }), undefined);
    assert.ok(ours);
    const strict = material(ours.issue(names));
    const newer = await openTls(t, { material: { ...strict, minVersion: '1.3' } });
    assert.equal(await failureOf(newer.port, { maxVersion: 'TLSv1.3' }), undefined);
    assert.equal(
      await failureOf(newer.port, { maxVersion: 'TLSv1.2' }),
      'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
    );
    assert.deepEqual(newer.results, ['ok', 'protocol']);
    assert.deepEqual(results, ['ok']);
  });

  it('takes another certificate while it runs, and leaves connections alone', async (t) => {
    const { gateway, port } = await openTls(t);
    const client = clientOf(gateway);
    const before = await dial(port);
    const [first] = [before.getPeerX509Certificate()?.fingerprint256];
    assert.ok(ours);
    gateway.renewTls(material(ours.issue(names)));
    const after = await dial(port);
    assert.notEqual(after.getPeerX509Certificate()?.fingerprint256, first);
    assert.throws(() => gateway.renewTls({ ...material(ours.issue(names)), key: 'none' }));
    before.write('GET /readyz HTTP/1.1\r\nhost: h\r\n\r\n');
    assert.match(String(await once(before, 'data')), /HTTP\/1.1 200/);
    assert.equal((await client.session()).name, 'admin');
    before.destroy();
    after.destroy();
  });
});

async function dial(port: number): Promise<TLSSocket> {
  const socket = connectTls({ port, host: '127.0.0.1', ca: ours?.certificate });
  await once(socket, 'secureConnect');
  return socket;
}

describe('client certificates', { skip }, () => {
  const required = (mode: 'required' | 'optional') => {
    assert.ok(ours && clients);
    return {
      clientCertificates: mode,
      material: material(ours.issue(names), clients.certificate),
    } as const;
  };
  const shown = ({ certificate, key }: Pair) => ({ cert: certificate, key });

  it('are required: who has none gets the alert that says so, who has another is cut off', async (t) => {
    const warned: string[] = [];
    const log = { warn: (_: object, text: string) => warned.push(text) };
    const silent = { debug: () => undefined, info: () => undefined, error: () => undefined };
    const { gateway, port, results } = await openTls(t, required('required'), {
      log: { ...silent, ...log } as never,
    });
    assert.ok(clients && strangers);
    const own = clients.issue('DNS:wall');
    assert.equal(await failureOf(port), 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED');
    assert.match(
      (await failureOf(port, { maxVersion: 'TLSv1.2' })) ?? '',
      /HANDSHAKE_FAILURE|EPROTO/,
    );
    assert.match(
      (await failureOf(port, shown(strangers.issue('DNS:wall')))) ?? '',
      /ECONNRESET|closed/,
    );
    assert.equal(await failureOf(port, shown(own)), undefined);
    assert.deepEqual(results, ['certificate', 'certificate', 'certificate', 'ok']);
    assert.deepEqual(warned, ['Denied clients whose certificate is missing or not trusted']);
    assert.equal((await clientOf(gateway, own).session()).name, 'admin');
  });

  it('are optional: none is let in, a foreign one is not', async (t) => {
    const { port, results } = await openTls(t, required('optional'));
    assert.ok(clients && strangers);
    assert.equal(await failureOf(port), undefined);
    assert.equal(await failureOf(port, shown(clients.issue('DNS:wall'))), undefined);
    assert.notEqual(await failureOf(port, shown(strangers.issue('DNS:wall'))), undefined);
    assert.deepEqual(results, ['ok', 'ok', 'certificate']);
  });
});

describe('the port of plain HTTP', { skip }, () => {
  it('sends to the same path over TLS, to names of its own alone', async (t) => {
    const { gateway, port } = await openTls(t, { redirect: { port: 0, host: undefined } });
    const to = (host: string) => `https://${host}:${port}/alerts?x=1`;
    for (const [host, expected] of [
      ['nightglass.test', to('nightglass.test')],
      ['nightglass.test:80', to('nightglass.test')],
      ['127.0.0.1', to('127.0.0.1')],
      ['evil.example', to('nightglass.test')],
      ['evil.wild.test', to('nightglass.test')],
      ['nightglass.test@evil.example', to('nightglass.test')],
      ['127.0.0.2', to('nightglass.test')],
      ['[', to('nightglass.test')],
    ] as const) {
      assert.deepEqual(await redirectOf(gateway, host), [308, expected], host);
    }
    const slashes = await redirectOf(gateway, 'nightglass.test', '//evil.example/x', 'POST');
    assert.deepEqual(slashes, [308, `https://nightglass.test:${port}//evil.example/x`]);
    const whole = await redirectOf(gateway, 'nightglass.test', 'http://evil.example/x');
    assert.deepEqual(whole, [308, `https://nightglass.test:${port}/`]);
  });

  it('sends to the host that is configured, where one is', async (t) => {
    const { gateway, port } = await openTls(t, { redirect: { port: 0, host: '2001:db8::1' } });
    const [, location] = await redirectOf(gateway, 'nightglass.test');
    assert.equal(location, `https://[2001:db8::1]:${port}/alerts?x=1`);
  });

  it('says which port is taken, and leaves nothing open', async (t) => {
    const { gateway } = await openTls(t, { redirect: { port: 0, host: undefined } });
    const port = Number(new URL(gateway.redirectAddress ?? '').port);
    await assert.rejects(openTls(t, { redirect: { port, host: undefined } }), {
      code: 'ENVIRONMENT',
      message: `Cannot listen on 127.0.0.1 port ${port}: EADDRINUSE`,
    });
  });
});

describe('who never ends the handshake', { skip }, () => {
  const raw = (port: number) => {
    const socket: Socket = connect({ port, host: '127.0.0.1', localAddress: '127.0.9.9' });
    socket.on('error', () => undefined);
    return socket;
  };

  it('is cut off in time, and counted', async (t) => {
    const limits = { ...defaultLimits, handshakeTimeMs: 200 };
    const { port, results } = await openTls(t, {}, { limits });
    await once(raw(port), 'close');
    assert.deepEqual(results, ['timeout']);
  });

  it('makes room for others, and holds nobody up', async (t) => {
    const limits = { ...defaultLimits, maxStrangers: 8, handshakeTimeMs: 60_000 };
    const { gateway, port } = await openTls(t, {}, { limits });
    const silent = Array.from({ length: 40 }, () => raw(port));
    const gone = new Set<Socket>();
    for (const socket of silent) socket.once('close', () => gone.add(socket));
    while (gone.size < 32) await new Promise((resolve) => setTimeout(resolve, 10));
    const client = clientOf(gateway);
    for (let n = 0; n < 5; n += 1) assert.equal((await client.session()).name, 'admin');
    for (const socket of silent) socket.destroy();
  });
});
