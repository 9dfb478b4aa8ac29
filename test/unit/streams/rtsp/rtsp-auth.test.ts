import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { RtspAuthorizer, type Signed } from '../../../../src/streams/rtsp/rtsp-auth.ts';

const mufasa = { username: 'Mufasa', password: 'Circle of Life' };
const field = (header: string | undefined, name: string) =>
  new RegExp(`\\b${name}="?([^",]+)`).exec(header ?? '')?.[1];

describe('RTSP authorizer', () => {
  it('says nothing before it is challenged', () => {
    assert.equal(new RtspAuthorizer(mufasa).sign('OPTIONS', '/'), null);
  });

  it('answers the examples of RFC 7616', () => {
    for (const [algorithm, response] of [
      ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
      ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
    ] as const) {
      const authorizer = new RtspAuthorizer(mufasa, {
        makeNonce: () => 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
      });
      assert.ok(
        authorizer.challenged([
          `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`,
        ]),
      );
      const header = authorizer.sign('GET', '/dir/index.html')?.header;
      assert.equal(field(header, 'response'), response);
      assert.equal(field(header, 'opaque'), 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS');
      assert.equal(field(header, 'nc'), '00000001');
      assert.equal(field(authorizer.sign('GET', '/')?.header, 'nc'), '00000002');
    }
  });

  it('answers the example of RFC 2069 without qop', () => {
    const authorizer = new RtspAuthorizer({ username: 'Mufasa', password: 'CircleOfLife' });
    authorizer.challenged([
      'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
    ]);
    const header = authorizer.sign('GET', '/dir/index.html')?.header;
    // As corrected by erratum 749.
    assert.equal(field(header, 'response'), '1949323746fe6a43ef61f9606e7febea');
    assert.equal(field(header, 'nc'), undefined);
  });

  it('prefers the strongest scheme that it speaks', () => {
    const authorizer = new RtspAuthorizer(mufasa);
    authorizer.challenged([
      'Basic realm="a"',
      'Digest realm="a", nonce="n"',
      'Digest realm="a", nonce="m", algorithm=SHA-256',
    ]);
    assert.equal(field(authorizer.sign('GET', '/')?.header, 'nonce'), 'm');
    const old = new RtspAuthorizer(mufasa, { allowBasic: true });
    old.challenged(['Basic realm="a"']);
    assert.equal(old.sign('GET', '/')?.header, 'Basic TXVmYXNhOkNpcmNsZSBvZiBMaWZl');
  });

  it('gives up on schemes that it does not speak', () => {
    const authorizer = new RtspAuthorizer(mufasa);
    assert.equal(authorizer.challenged(['Negotiate']), 'no-scheme');
    assert.equal(authorizer.challenged(['Digest nonce="n", algorithm=SHA-3']), 'no-scheme');
  });

  it('takes a refusal for one of the credentials only where the nonce cannot be the reason', () => {
    const authorizer = new RtspAuthorizer(mufasa, { allowBasic: true });
    const challenged = (rest: string, sent: Signed | null) =>
      authorizer.challenged([`Digest realm="a", ${rest}`], sent);
    const sign = () => authorizer.sign('GET', '/');
    assert.equal(challenged('nonce="1"', null), 'answer');
    const first = sign();
    const second = sign();
    assert.equal(challenged('nonce="2"', second), 'answer', 'it was used before');
    assert.equal(challenged('nonce="3"', first), 'answer', 'another was given out meanwhile');
    assert.equal(challenged('nonce="4", stale=TRUE', sign()), 'answer', 'RFC 7616, 3.3');
    assert.equal(challenged('nonce="5"', sign()), 'refused', 'new, the latest, not stale');
    sign();
    assert.equal(challenged('nonce="5"', sign()), 'once-more');
    assert.equal(authorizer.challenged(['Basic realm="a"'], sign()), 'answer', 'another scheme');
    assert.equal(authorizer.challenged(['Basic realm="a"'], sign()), 'refused');
  });

  it('counts on where a nonce is given out again: a count that begins anew is a replay', () => {
    const authorizer = new RtspAuthorizer(mufasa);
    const challenge = ['Digest realm="a", nonce="n", qop="auth"'];
    const count = () => field(authorizer.sign('GET', '/')?.header, 'nc');
    authorizer.challenged(challenge);
    assert.equal(count(), '00000001');
    authorizer.challenged(challenge);
    assert.equal(count(), '00000002');
    authorizer.challenged(['Digest realm="a", nonce="m", qop="auth"']);
    assert.equal(count(), '00000001');
  });

  it('keeps the password to itself where it would go out in clear', () => {
    const authorizer = new RtspAuthorizer(mufasa);
    assert.equal(authorizer.challenged(['Basic realm="a"']), 'basic-in-clear');
    assert.equal(authorizer.sign('GET', '/'), null);
    assert.equal(authorizer.challenged(['Basic realm="a", Digest realm="a", nonce="n"']), 'answer');
    assert.match(authorizer.sign('GET', '/')?.header ?? '', /^Digest /);
  });

  it('hashes the session where MD5-sess is asked for', () => {
    const authorizer = new RtspAuthorizer(mufasa, { makeNonce: () => 'own' });
    authorizer.challenged(['Digest realm="a", nonce="n", algorithm="MD5-sess", qop="auth"']);
    const md5 = (text: string) => createHash('md5').update(text).digest('hex');
    const secret = md5(`${md5('Mufasa:a:Circle of Life')}:n:own`);
    const answer = md5(`${secret}:n:00000001:own:auth:${md5('PLAY:/x')}`);
    assert.equal(field(authorizer.sign('PLAY', '/x')?.header, 'response'), answer);
    // Refused all the same: the camera means MD5.
    const again = 'Digest realm="a", nonce="m", algorithm="MD5-sess"';
    assert.equal(authorizer.challenged([again], authorizer.sign('PLAY', '/x')), 'answer');
    const plain = md5(`${md5('Mufasa:a:Circle of Life')}:m:${md5('PLAY:/x')}`);
    assert.equal(field(authorizer.sign('PLAY', '/x')?.header, 'response'), plain);
    const last = authorizer.sign('PLAY', '/x');
    assert.equal(authorizer.challenged([again], last), 'once-more');
  });

  it('reads a challenge of any length in one pass', () => {
    const texts = ['a'.repeat(128_000), `a${' '.repeat(63_000)}`, 'a="'.repeat(20_000)];
    for (const text of [...texts, `a="${'\\'.repeat(60_000)}`]) {
      const authorizer = new RtspAuthorizer(mufasa);
      authorizer.challenged(Array(2_000).fill(`Digest nonce="x", ${text}`));
      const header = authorizer.sign('PLAY', '/')?.header ?? '';
      assert.ok(header.length < 5_000, 'what is answered is bounded');
    }
  });
});
