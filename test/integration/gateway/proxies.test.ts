import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { NightglassClient } from '../../../src/client/nightglass-client.ts';
import { tlsTransport } from '../../../src/client-node/tls-transport.ts';
import { hasOpenssl, makeAuthority } from '../../support/gateway/certificates.ts';
import { EventSocket } from '../../support/gateway/event-socket.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import { openGateway } from '../../support/gateway/open-gateway.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

const examples = join(import.meta.dirname, '..', '..', '..', 'docs', 'examples', 'proxies');

interface Proxy {
  readonly program: string;
  readonly example: string;
  /** What of the example is other in a test: each must stand in it. */
  readonly changes: (at: { port: number; upstream: string; folder: string }) => [string, string][];
  readonly start: (config: string, folder: string) => readonly string[];
}

const proxies: readonly Proxy[] = [
  {
    program: 'nginx',
    example: 'nginx.conf',
    changes: ({ port, upstream, folder }) => [
      ['listen 443 ssl', `listen 127.0.0.1:${port} ssl`],
      ['http://127.0.0.1:8480', upstream],
      ['/etc/nginx/nightglass.pem', `${folder}/cert.pem`],
      ['/etc/nginx/nightglass.key', `${folder}/key.pem`],
      // As an idle time-out of a minute is to a heart-beat of a quarter of one.
      ['proxy_read_timeout      75s', 'proxy_read_timeout 10s'],
      ['events {}', `pid ${folder}/pid; error_log stderr; events {}`],
      [
        '  # WebSockets:',
        `  access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;\n  # WebSockets:`,
      ],
    ],
    start: (config) => ['nginx', '-g', 'daemon off; master_process off;', '-c', config],
  },
  {
    program: 'caddy',
    example: 'caddyfile.conf',
    changes: ({ port, upstream, folder }) => [
      [
        'nightglass.example.org {',
        `{\n\tadmin off\n\tauto_https disable_redirects\n}\nhttps://localhost:${port} {`,
      ],
      ['127.0.0.1:8480', new URL(upstream).host],
      ['/etc/caddy/nightglass.pem', `${folder}/cert.pem`],
      ['/etc/caddy/nightglass.key', `${folder}/key.pem`],
    ],
    start: (config) => ['caddy', 'run', '--adapter', 'caddyfile', '--config', config],
  },
];

/** A proxy as its example has it, before a gateway that trusts it. */
async function startProxy(t: TestContext, proxy: Proxy) {
  const folder = temporaryFolder(t);
  const webRoot = join(folder, 'web');
  mkdirSync(webRoot);
  writeFileSync(join(webRoot, 'index.html'), '<!doctype html>the page');
  const authority = makeAuthority('proxy test');
  const { certificate, key } = authority.issue('DNS:localhost');
  writeFileSync(join(folder, 'cert.pem'), certificate);
  writeFileSync(join(folder, 'key.pem'), key);
  const { address: upstream, services } = await openGateway(t, {
    ...{ openOnLoopback: false, webRoot, proxies: ['127.0.0.1', '::1'] },
    access: new FakeAccess({ ann: { role: 'admin' } }),
    limits: { heartbeatMs: 1000 },
  });
  const port = await freePort();
  let text = readFileSync(join(examples, proxy.example), 'utf8');
  for (const [before, after] of proxy.changes({ port, upstream, folder })) {
    assert.ok(text.includes(before), `${proxy.example} has ${before}`);
    text = text.replaceAll(before, after);
  }
  const config = join(folder, proxy.example);
  writeFileSync(config, text);
  const [program = '', ...words] = proxy.start(config, folder);
  const child = spawn(program, words, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (more: string) => {
    said += more;
  });
  t.after(async () => {
    if (child.exitCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });
  const transport = tlsTransport({ ca: authority.certificate });
  const origin = `https://localhost:${port}`;
  const giveUp = Date.now() + 60_000;
  for (;;) {
    const up = await transport.fetch(`${origin}/nightglass/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (up) break;
    if (child.exitCode !== null || Date.now() > giveUp) throw new Error(`not up: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { origin, transport, services, ca: authority.certificate };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

describe('the example of', { timeout: 300_000 }, () => {
  for (const proxy of proxies) {
    const missing = spawnSync(proxy.program, ['version']).error !== undefined;
    const skip = missing
      ? `needs the program ${proxy.program} (Debian: apt install ${proxy.program})`
      : !hasOpenssl && 'needs the program openssl';
    it(`${proxy.program} serves page, API, cookie, sockets and downloads below a path`, {
      skip,
    }, async (t) => {
      const { origin, transport, ca } = await startProxy(t, proxy);
      const below = `${origin}/nightglass`;
      const bare = await transport.fetch(below);
      assert.equal(bare.status, 308);
      assert.match(bare.headers.get('location') ?? '', /\/nightglass\/$/);
      assert.match(await (await transport.fetch(`${below}/`)).text(), /the page/);
      const beside = await (await transport.fetch(`${origin}/healthz`)).text();
      assert.doesNotMatch(beside, /"status"/, 'nothing is served beside the path');

      const login = await transport.fetch(`${below}/api/login`, {
        method: 'POST',
        // As a page below the proxy does.
        headers: { 'content-type': 'application/json', origin, 'sec-fetch-site': 'same-origin' },
        body: JSON.stringify({ token: 'ann' }),
      });
      assert.equal(login.status, 200, await login.clone().text());
      const [cookie = ''] = login.headers.getSetCookie();
      assert.match(cookie, /^nightglass_session\.nightglass=.*; Path=\/nightglass; .*Secure/);
      const pair = cookie.split(';')[0] ?? '';
      const session = await transport.fetch(`${below}/api/session`, { headers: { cookie: pair } });
      assert.equal(session.status, 200);
      const openapi = await transport.fetch(`${below}/openapi.json`);
      assert.deepEqual(((await openapi.json()) as { servers: object }).servers, [
        { url: '/nightglass' },
      ]);

      const client = new NightglassClient({ address: below, token: 'ann', ...transport });
      assert.equal((await client.session()).name, 'ann');
      assert.ok((await client.exportAudit()).size >= 0);
      // More than a proxy lets through unless it is told.
      const form = new FormData();
      form.append('image', new Blob([new Uint8Array(3_000_000)]), 'a.jpg');
      const big = await transport.fetch(`${below}/api/quality`, {
        method: 'POST',
        headers: { authorization: 'Bearer ann' },
        body: form,
      });
      assert.notEqual(big.status, 413, await big.text());

      const headers = { cookie: pair, origin };
      const events = await EventSocket.open(`${below}/ws`, { headers, ca });
      events.send({ type: 'subscribe', topics: ['status'] });
      await events.until('subscribed');
      const closed = events.closed.then(() => 'closed');
      const still = new Promise((resolve) => setTimeout(resolve, 15_000, 'open'));
      assert.equal(await Promise.race([closed, still]), 'open', 'longer than the idle time-out');
      await events.close();
    });
  }

  it('Traefik is there, with what Nightglass needs (Debian has no Traefik to run it)', () => {
    const text = readFileSync(join(examples, 'traefik.yml'), 'utf8');
    assert.match(text, /stripPrefix:\s+prefixes: \[\/nightglass\]/);
    assert.ok(existsSync(join(examples, 'nginx.conf')));
  });
});
