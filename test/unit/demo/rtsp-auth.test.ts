import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { type Credentials, RtspAuthenticator } from '../../../demo/rtsp/rtsp-auth.ts';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const digest: Credentials = { username: 'u', password: 'pass', scheme: 'digest' };

function authorization(
  challenge: string,
  options: { password?: string; qop?: boolean } = {},
): string {
  const field = (name: string): string =>
    new RegExp(`${name}="([^"]+)"`).exec(challenge)?.[1] ?? '';
  const uri = 'rtsp://h/door';
  const secret = md5(`u:${field('realm')}:${options.password ?? 'pass'}`);
  const request = md5(`DESCRIBE:${uri}`);
  const middle = options.qop ? `${field('nonce')}:00000001:abc:auth` : field('nonce');
  const extra = options.qop ? ', qop=auth, nc=00000001, cnonce="abc"' : '';
  const response = md5(`${secret}:${middle}:${request}`);
  return `Digest username="u", realm="${field('realm')}", nonce="${field('nonce')}", uri="${uri}", response="${response}"${extra}`;
}

describe('RtspAuthenticator', () => {
  it('accepts a right digest, with and without quality of protection', () => {
    const authenticator = new RtspAuthenticator(() => 1000);
    const challenge = authenticator.challenge('digest');
    for (const qop of [false, true]) {
      assert.ok(authenticator.accepts(digest, 'DESCRIBE', authorization(challenge, { qop })));
    }
  });

  it('gives out no nonce twice, also while the clock stands', () => {
    const authenticator = new RtspAuthenticator(() => 1000);
    const challenges = Array.from({ length: 20 }, () => authenticator.challenge('digest'));
    assert.equal(new Set(challenges).size, 20);
  });

  it('refuses a wrong password, method, nonce, or none at all', () => {
    const authenticator = new RtspAuthenticator(() => 1000);
    const challenge = authenticator.challenge('digest');
    const right = authorization(challenge);
    const wrong = authorization(challenge, { password: 'other' });
    assert.equal(authenticator.accepts(digest, 'DESCRIBE', wrong), false);
    assert.equal(authenticator.accepts(digest, 'PLAY', right), false);
    assert.equal(authenticator.accepts(digest, 'DESCRIBE', undefined), false);
    assert.equal(authenticator.accepts(digest, 'DESCRIBE', 'Basic dTpwYXNz'), false);
    const foreign = authorization(new RtspAuthenticator(() => 1000).challenge('digest'));
    assert.equal(authenticator.accepts(digest, 'DESCRIBE', foreign), false);
  });

  it('refuses a nonce that is too old', () => {
    let now = 0;
    const authenticator = new RtspAuthenticator(() => now);
    const right = authorization(authenticator.challenge('digest'));
    now = 299_000;
    assert.equal(authenticator.accepts(digest, 'DESCRIBE', right), true);
    now = 301_000;
    assert.equal(authenticator.accepts(digest, 'DESCRIBE', right), false);
  });

  it('checks basic credentials', () => {
    const authenticator = new RtspAuthenticator(() => 0);
    const basic: Credentials = { ...digest, scheme: 'basic' };
    const header = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
    assert.equal(authenticator.accepts(basic, 'PLAY', header('u:pass')), true);
    assert.equal(authenticator.accepts(basic, 'PLAY', header('u:wrong')), false);
    assert.match(authenticator.challenge('basic'), /^Basic realm="/);
  });
});
