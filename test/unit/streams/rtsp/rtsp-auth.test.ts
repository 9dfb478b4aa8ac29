import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { RtspAuthorizer } from '../../../../src/streams/rtsp/rtsp-auth.ts';

const mufasa = { username: 'Mufasa', password: 'Circle of Life' };
const field = (header: string | null, name: string) =>
  new RegExp(`\\b${name}="?([^",]+)`).exec(header ?? '')?.[1];

describe('RTSP authorizer', () => {
  it('says nothing before it is challenged', () => {
    assert.equal(new RtspAuthorizer(mufasa).header('OPTIONS', '/'), null);
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
      const header = authorizer.header('GET', '/dir/index.html');
      assert.equal(field(header, 'response'), response);
      assert.equal(field(header, 'opaque'), 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS');
      assert.equal(field(header, 'nc'), '00000001');
      assert.equal(field(authorizer.header('GET', '/'), 'nc'), '00000002');
    }
  });

  it('answers the example of RFC 2069 without qop', () => {
    const authorizer = new RtspAuthorizer({ username: 'Mufasa', password: 'CircleOfLife' });
    authorizer.challenged([
      'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
    ]);
    const header = authorizer.header('GET', '/dir/index.html');
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
    assert.equal(field(authorizer.header('GET', '/'), 'nonce'), 'm');
    const old = new RtspAuthorizer(mufasa, { allowBasic: true });
    old.challenged(['Basic realm="a"']);
    assert.equal(old.header('GET', '/'), 'Basic TXVmYXNhOkNpcmNsZSBvZiBMaWZl');
  });

  it('gives up on schemes that it does not speak, and says what it has answered before', () => {
    const authorizer = new RtspAuthorizer(mufasa);
    const digest = (rest: string) => authorizer.challenged([`Digest realm="a", ${rest}`]);
    assert.equal(authorizer.challenged(['Negotiate']), 'no-scheme');
    assert.equal(digest('nonce="n", algorithm=SHA-3'), 'no-scheme');
    assert.equal(digest('nonce="1"'), 'answer');
    assert.equal(digest('nonce="2"'), 'again');
    assert.equal(digest('nonce="3", stale=TRUE'), 'answer');
  });

  it('keeps the password to itself where it would go out in clear', () => {
    const authorizer = new RtspAuthorizer(mufasa);
    assert.equal(authorizer.challenged(['Basic realm="a"']), 'basic-in-clear');
    assert.equal(authorizer.header('GET', '/'), null);
    assert.equal(authorizer.challenged(['Basic realm="a", Digest realm="a", nonce="n"']), 'answer');
    assert.match(authorizer.header('GET', '/') ?? '', /^Digest /);
  });

  it('hashes the session where MD5-sess is asked for', () => {
    const authorizer = new RtspAuthorizer(mufasa, { makeNonce: () => 'own' });
    authorizer.challenged(['Digest realm="a", nonce="n", algorithm="MD5-sess", qop="auth"']);
    const md5 = (text: string) => createHash('md5').update(text).digest('hex');
    const secret = md5(`${md5('Mufasa:a:Circle of Life')}:n:own`);
    const answer = md5(`${secret}:n:00000001:own:auth:${md5('PLAY:/x')}`);
    assert.equal(field(authorizer.header('PLAY', '/x'), 'response'), answer);
    // Refused all the same: the camera means MD5.
    const again = 'Digest realm="a", nonce="m", algorithm="MD5-sess"';
    assert.equal(authorizer.challenged([again]), 'answer');
    const plain = md5(`${md5('Mufasa:a:Circle of Life')}:m:${md5('PLAY:/x')}`);
    assert.equal(field(authorizer.header('PLAY', '/x'), 'response'), plain);
    assert.equal(authorizer.challenged([again]), 'again');
  });

  it('reads a challenge of any length in one pass', () => {
    const texts = ['a'.repeat(128_000), `a${' '.repeat(63_000)}`, 'a="'.repeat(20_000)];
    for (const text of [...texts, `a="${'\\'.repeat(60_000)}`]) {
      const authorizer = new RtspAuthorizer(mufasa);
      authorizer.challenged(Array(2_000).fill(`Digest nonce="x", ${text}`));
      const header = authorizer.header('PLAY', '/') ?? '';
      assert.ok(header.length < 5_000, 'what is answered is bounded');
    }
  });
});
