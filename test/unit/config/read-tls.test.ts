import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { inspect } from 'node:util';
import { parseConfig } from '../../../src/config/load-config.ts';
import { readTls } from '../../../src/config/read-tls.ts';
import { NightglassError } from '../../../src/domain/errors.ts';
import { hasOpenssl, makeAuthority } from '../../support/gateway/certificates.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

const skip = hasOpenssl ? false : 'needs openssl to make certificates';

/** The fault of files by name, with a good pair unless told otherwise. */
function faultOf(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  more = '',
  env: NodeJS.ProcessEnv = {},
): NightglassError {
  const folder = temporaryFolder(t);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const { tls } = parseConfig(`server: { tls: { certificate: cert.pem, key: key.pem ${more} } }`)
    .config.server;
  assert.ok(tls);
  try {
    readTls(tls, folder, env);
  } catch (error) {
    assert.ok(error instanceof NightglassError);
    return error;
  }
  assert.fail('expected the files to be refused');
}

describe('readTls', { skip }, () => {
  const authority = skip === false ? makeAuthority('a') : undefined;

  it('names the file and what to do about it', (t) => {
    assert.ok(authority);
    const { certificate, key } = authority.issue('DNS:a');
    const other = authority.issue('DNS:b');
    const locked = authority.issue('DNS:a', { passphrase: 'a-secret-phrase' });
    const secret = ', passphrase: { env: PHRASE }';
    const cases: [Record<string, string>, string, RegExp][] = [
      [{ 'key.pem': key }, '', /cert\.pem of server\.tls\.certificate cannot be read \(ENOENT\)/],
      [{ 'cert.pem': certificate }, '', /key\.pem of server\.tls\.key cannot be read \(ENOENT\)/],
      [{ 'cert.pem': key, 'key.pem': key }, '', /cert\.pem .* holds no certificate/],
      [
        { 'cert.pem': certificate.replace(/\n[^-\n]{20}/, '\n'), 'key.pem': key },
        '',
        /cert\.pem .* holds a certificate that cannot be read/,
      ],
      [{ 'cert.pem': certificate, 'key.pem': certificate }, '', /key\.pem .* no private key/],
      [
        { 'cert.pem': certificate, 'key.pem': other.key },
        '',
        /key\.pem is not that of .* cert\.pem/,
      ],
      [{ 'cert.pem': locked.certificate, 'key.pem': locked.key }, '', /key\.pem is encrypted/],
      [
        { 'cert.pem': locked.certificate, 'key.pem': locked.key },
        secret,
        /key\.pem cannot be decrypted/,
      ],
      [
        { 'cert.pem': certificate, 'key.pem': key },
        ', clientCa: ca.pem',
        /ca\.pem of server\.tls\.clientCa cannot be read/,
      ],
    ];
    for (const [files, more, expected] of cases) {
      const fault = faultOf(t, files, more, { PHRASE: 'another-phrase' });
      assert.equal(fault.code, 'TLS_INVALID');
      assert.match(fault.message, expected);
      assert.notEqual(fault.hint, undefined);
      // Neither key nor passphrase, in whatever depth.
      assert.doesNotMatch(inspect(fault, { depth: 9 }), /another-phrase|PRIVATE KEY-----\n/);
    }
  });

  it('reads a key with a passphrase, and when the certificate ends', (t) => {
    assert.ok(authority);
    const folder = temporaryFolder(t);
    const pair = authority.issue('DNS:a', { passphrase: 'a-secret-phrase', days: 5 });
    // The chain with it: what ends first counts.
    writeFileSync(join(folder, 'cert.pem'), pair.certificate + authority.certificate);
    writeFileSync(join(folder, 'key.pem'), pair.key);
    const yaml =
      'server: { tls: { certificate: cert.pem, key: key.pem, passphrase: { env: PHRASE }, minVersion: 1.3 } }';
    const { tls } = parseConfig(yaml).config.server;
    assert.ok(tls);
    const material = readTls(tls, folder, { PHRASE: 'a-secret-phrase' });
    assert.equal(material.minVersion, '1.3');
    assert.ok(Math.abs(material.expiresAt - Date.now() - 5 * 86_400_000) < 3_600_000);
    assert.throws(() => readTls(tls, folder, {}), { code: 'SECRET_MISSING' });
  });

  it('is configured without contradictions', () => {
    const refused = (more: string) =>
      assert.throws(() => parseConfig(`server: { tls: { certificate: c, key: k, ${more} } }`), {
        code: 'CONFIG_INVALID',
      });
    refused('clientCertificates: required');
    refused('redirectHost: a.example');
    refused('redirectPort: 80, redirectHost: "https://a.example"');
    refused('minVersion: 1.1');
    refused('passphrase: in-the-clear');
  });
});
