import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { Foundation } from '../../../src/app/foundation.ts';
import { TlsKeeper } from '../../../src/app/tls-keeper.ts';
import { parseConfig } from '../../../src/config/load-config.ts';
import type { TlsMaterial } from '../../../src/domain/tls-material.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { hasOpenssl, makeAuthority, type Pair } from '../../support/gateway/certificates.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

const skip = hasOpenssl ? false : 'needs openssl to make certificates';
const authority = skip === false ? makeAuthority('a') : undefined;
const day = 86_400_000;

function keeperIn(t: TestContext, days = 30) {
  assert.ok(authority);
  const folder = temporaryFolder(t);
  const put = ({ certificate, key }: Pair) => {
    writeFileSync(join(folder, 'cert.pem'), certificate);
    writeFileSync(join(folder, 'key.pem'), key);
  };
  const pair = authority.issue('DNS:a', { days });
  put(pair);
  const clock = new FakeClock(Date.now());
  const logged: string[] = [];
  const say = (details: object, text: string) => logged.push(`${text} ${JSON.stringify(details)}`);
  const expiries: number[] = [];
  const { config } = parseConfig('server: { tls: { certificate: cert.pem, key: key.pem } }');
  const { tls } = config.server;
  assert.ok(tls);
  const keeper = new TlsKeeper(
    {
      baseDir: folder,
      env: {},
      clock,
      log: { info: say, warn: say, error: say },
      metrics: { tls: { expires: (at: number) => expiries.push(at) } },
    } as unknown as Foundation,
    tls,
  );
  const renewed: TlsMaterial[] = [];
  t.after(keeper.follow((material) => renewed.push(material)));
  const look = async () => {
    clock.advance(10_000);
    // The regular look is a promise's turn behind its timer.
    for (let n = 0; n < 5; n += 1) await Promise.resolve();
  };
  return { folder, put, pair, clock, logged, keeper, renewed, look, tls, expiries };
}

describe('TlsKeeper', { skip }, () => {
  it('hands over what changed files hold, and nothing while they do not change', async (t) => {
    const { put, renewed, look, expiries } = keeperIn(t);
    assert.ok(authority);
    await look();
    assert.equal(renewed.length, 0);
    const next = authority.issue('DNS:a', { days: 60 });
    put(next);
    await look();
    assert.equal(renewed[0]?.certificate, next.certificate);
    assert.equal(expiries.length, 2);
    assert.ok((expiries[1] ?? 0) > (expiries[0] ?? 0));
    await look();
    assert.equal(renewed.length, 1);
  });

  it('keeps the pair before where the new one cannot be used, loudly and once, until one can', async (t) => {
    const { folder, put, pair, renewed, look, keeper, logged } = keeperIn(t);
    assert.ok(authority);
    const next = authority.issue('DNS:a');
    writeFileSync(join(folder, 'cert.pem'), next.certificate);
    await look();
    await look();
    assert.equal(renewed.length, 0);
    assert.match(keeper.status.fault ?? '', /key\.pem is not that of the certificate in cert\.pem/);
    assert.equal(keeper.gateway.material.certificate, pair.certificate);
    assert.equal(logged.filter((line) => line.startsWith('The new certificate')).length, 1);
    put(next);
    await look();
    assert.equal(keeper.status.fault, undefined);
    assert.equal(renewed[0]?.key, next.key);
    assert.doesNotMatch(logged.join('\n'), /PRIVATE KEY/);
  });

  it('refuses a reload with files that cannot be used, and takes other files', (t) => {
    const { folder, keeper, renewed, tls } = keeperIn(t);
    assert.ok(authority);
    assert.throws(() => keeper.prepare({ ...tls, key: 'none.pem' }, folder), {
      code: 'TLS_INVALID',
    });
    assert.match(keeper.status.fault ?? '', /none\.pem/);
    const next = authority.issue('DNS:b');
    writeFileSync(join(folder, 'b.pem'), next.certificate);
    writeFileSync(join(folder, 'b.key'), next.key);
    const apply = keeper.prepare({ ...tls, certificate: 'b.pem', key: 'b.key' }, folder);
    assert.equal(renewed.length, 0);
    apply();
    assert.equal(renewed[0]?.certificate, next.certificate);
    assert.equal(keeper.status.fault, undefined);
    // Without its authority every certificate that the machine trusts would be let in.
    assert.throws(() => keeper.prepare({ ...tls, clientCa: 'b.pem' }, folder), {
      code: 'TLS_INVALID',
      message: /Cannot change whether clients need a certificate/,
    });
  });

  it('warns once a day of an end that comes soon', async (t) => {
    const { logged, clock, look } = keeperIn(t, 15);
    assert.deepEqual(logged, []);
    clock.jump(2 * day);
    await look();
    await look();
    assert.equal(logged.length, 1);
    assert.match(logged[0] ?? '', /ends soon: renew it/);
    clock.freeze(day);
    clock.jump(15 * day);
    await look();
    assert.match(logged[1] ?? '', /has ended: clients refuse it/);
  });
});
