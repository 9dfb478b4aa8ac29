import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { tlsTransport } from '../../../src/client-node/tls-transport.ts';
import { Command, runCommand } from '../../support/cli/run-command.ts';
import { hasOpenssl, makeAuthority } from '../../support/gateway/certificates.ts';
import { testManifest } from '../../support/live/demo-footage.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

const skip = hasOpenssl ? false : 'needs openssl to make certificates';

describe('nightglass run over TLS', { skip, timeout: 240_000 }, () => {
  it('is checked, started, reloaded and renewed by its certificate files', async (t) => {
    const folder = temporaryFolder(t);
    const at = (name: string) => join(folder, name);
    const [authority, clients] = [makeAuthority('ours'), makeAuthority('clients')];
    const put = (name: string, { certificate, key }: { certificate: string; key: string }) => {
      writeFileSync(at(`${name}.pem`), certificate);
      writeFileSync(at(`${name}.key`), key, { mode: 0o600 });
    };
    put('server', authority.issue('IP:127.0.0.1', { passphrase: 'a-secret-phrase', days: 5 }));
    put('ca', authority);
    put('clients', clients);
    const own = clients.issue('DNS:wall');
    put('own', own);
    writeFileSync(at('phrase'), 'a-secret-phrase\n');
    const config = at('config.yaml');
    writeFileSync(
      config,
      `data: ./data
server:
  port: 0
  tls: {certificate: server.pem, key: server.key, passphrase: {file: phrase}, clientCa: clients.pem}
models: {manifest: ${testManifest}}
`,
    );
    const checked = await runCommand(['config', 'check', '-c', config, '--json']);
    assert.equal(checked.code, 0);
    const { warnings } = JSON.parse(checked.stdout) as { warnings: string[] };
    assert.ok(warnings.some((text) => /^server\.tls\.certificate: ends on/.test(text)));

    const made = await runCommand([
      'tokens',
      'create',
      '-c',
      config,
      '--name',
      'a',
      '--role',
      'admin',
      '--json',
    ]);
    const { secret: token } = JSON.parse(made.stdout) as { secret: string };
    await using command = new Command(['run', '-c', config, '--json']);
    const { address } = JSON.parse(await command.line()) as { address: string };
    assert.match(address, /^https:/);
    const { fetch } = tlsTransport({ ca: authority.certificate, ...own });
    const health = async () => {
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(`${address}/healthz`, { headers });
      return (await answer.json()) as {
        problems: { code: string; message: string }[];
        tls: { expiresAt: number; clientCertificates: string };
      };
    };
    const before = await health();
    assert.equal(before.tls.clientCertificates, 'required');
    assert.ok(before.problems.some(({ code }) => code === 'TLS_EXPIRING'));

    const reload = (...more: string[]) =>
      runCommand(['config', 'reload', '--address', address, ...more], { NIGHTGLASS_TOKEN: token });
    const trusted = ['--ca', at('ca.pem'), '--certificate', at('own.pem'), '--key', at('own.key')];
    const distrusted = await reload('--certificate', at('own.pem'), '--key', at('own.key'));
    assert.equal(distrusted.code, 4);
    assert.match(distrusted.stderr, /UNABLE_TO_(GET_ISSUER_CERT|VERIFY_LEAF)/);

    // The key of another certificate: the reload is refused, and all goes on as before.
    put('server', { ...authority.issue('IP:127.0.0.1'), key: own.key });
    const refused = await reload(...trusted);
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, /server\.key is not that of the certificate in server\.pem/);
    assert.ok((await health()).problems.some(({ code }) => code === 'TLS_INVALID'));
    put('server', authority.issue('IP:127.0.0.1', { days: 60 }));
    const renewed = await reload(...trusted);
    assert.equal(renewed.code, 0, renewed.stderr);
    const after = await health();
    assert.ok(after.tls.expiresAt > before.tls.expiresAt);
    assert.ok(!after.problems.some(({ code }) => code.startsWith('TLS_')));
    const ended = await command.end('SIGTERM');
    assert.equal(ended.code, 0);
    assert.doesNotMatch(ended.stderr + ended.stdout, /a-secret-phrase|PRIVATE KEY/);
  });

  it('ends with the code of a configuration fault where the files cannot be used', async (t) => {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, 'c.yaml'), 'server: {tls: {certificate: none.pem, key: none.key}}');
    for (const words of [
      ['run', '-c'],
      ['config', 'check', '-c'],
    ]) {
      const ended = await runCommand([...words, join(folder, 'c.yaml')]);
      assert.equal(ended.code, 3);
      assert.match(
        ended.stderr,
        /none\.pem of server\.tls\.certificate cannot be read.*TLS_INVALID/s,
      );
    }
  });
});
