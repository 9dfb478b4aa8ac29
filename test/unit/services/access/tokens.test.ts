import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { isNightglassError } from '../../../../src/domain/errors.ts';
import { hasRole, hasScope, maySeeCamera, roles } from '../../../../src/domain/principal.ts';
import { createTokenStore } from '../../../../src/services/access/tokens.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { openStore } from '../../../support/store/open-store.ts';

function setUp(t: TestContext) {
  const opened = openStore(t);
  return {
    ...opened,
    tokens: createTokenStore({
      store: opened.store,
      audit: new AuditLog({ store: opened.store, now: opened.clock.now }),
      now: opened.clock.now,
    }),
  };
}

describe('createTokenStore', () => {
  it('knows the holder of a token by its secret', (t) => {
    const { tokens } = setUp(t);
    const { secret, token } = tokens.create({
      name: ' Desk 1 ',
      role: 'operator',
      cameras: ['gate'],
      watchlists: ['barred'],
      scopes: ['embeddings:read', 'embeddings:read'],
    });
    assert.match(secret, /^ng_[\w-]{43}$/);
    assert.deepEqual(tokens.authenticate(secret), {
      id: token.id,
      name: 'Desk 1',
      role: 'operator',
      cameras: ['gate'],
      watchlists: ['barred'],
      scopes: ['embeddings:read'],
    });
    assert.deepEqual(tokens.find(token.id), tokens.authenticate(secret));
  });

  it('knows nobody by anything else', (t) => {
    const { tokens } = setUp(t);
    const { secret } = tokens.create({ name: 'a', role: 'viewer' });
    const flipped = secret.slice(0, -2) + (secret.at(-2) === 'A' ? 'B' : 'A') + secret.at(-1);
    for (const wrong of ['', 'ng_', flipped, secret.slice(3), `${secret} `, `${secret}\0`]) {
      assert.equal(tokens.authenticate(wrong), null, JSON.stringify(wrong));
    }
  });

  it('keeps the secret nowhere on disk, nor in what it lists', (t) => {
    const { tokens, dataDir } = setUp(t);
    const { secret } = tokens.create({ name: 'a', role: 'admin' });
    assert.equal(JSON.stringify(tokens.list()).includes(secret.slice(3)), false);
    const raw = Buffer.from(secret.slice(3), 'base64url');
    for (const file of readdirSync(dataDir)) {
      const bytes = readFileSync(join(dataDir, file));
      assert.equal(bytes.includes(secret.slice(3)) || bytes.includes(raw), false, file);
    }
  });

  it('refuses a revoked token, from the next request on', (t) => {
    const { tokens, clock } = setUp(t);
    const { secret, token } = tokens.create({ name: 'a', role: 'viewer' });
    tokens.revoke(token.id);
    const revokedAt = clock.now();
    clock.advance(10);
    tokens.revoke(token.id);
    assert.equal(tokens.authenticate(secret), null);
    assert.equal(tokens.find(token.id), null);
    assert.equal(tokens.list()[0]?.revokedAt, revokedAt);
    assert.throws(
      () => tokens.revoke('none'),
      (error) => isNightglassError(error, 'NOT_FOUND'),
    );
  });

  it('refuses an expired token from the very millisecond', (t) => {
    const { tokens, clock } = setUp(t);
    const expiresAt = clock.now() + 100;
    const { secret } = tokens.create({ name: 'a', role: 'viewer', expiresAt });
    clock.advance(99);
    assert.notEqual(tokens.authenticate(secret), null);
    clock.advance(1);
    assert.equal(tokens.authenticate(secret), null);
  });

  it('refuses a name that is taken and input that makes no sense', (t) => {
    const { tokens, clock } = setUp(t);
    tokens.create({ name: 'a', role: 'viewer' });
    assert.throws(
      () => tokens.create({ name: 'a', role: 'viewer' }),
      (error) => isNightglassError(error, 'CONFLICT'),
    );
    for (const bad of [
      { name: ' ', role: 'viewer' },
      { name: 'b', role: 'root' },
      { name: 'b', role: 'viewer', scopes: ['all'] },
      { name: 'b', role: 'viewer', scopes: ['embeddings:read'] },
      { name: 'Anonymous', role: 'viewer' },
      { name: 'b', role: 'viewer', expiresAt: clock.now() },
    ]) {
      assert.throws(
        () => tokens.create(bad as Parameters<typeof tokens.create>[0]),
        (error) => isNightglassError(error, 'BAD_REQUEST'),
      );
    }
  });
});

describe('a principal', () => {
  const reviewer = {
    id: '1',
    name: 'r',
    role: 'reviewer',
    cameras: ['gate'],
    watchlists: '*',
    scopes: [],
  } as const;

  it('may do what its role and lower ones may', () => {
    assert.deepEqual(
      roles.map((role) => hasRole(reviewer, role)),
      [true, true, true, false],
    );
  });

  it('sees its own cameras', () => {
    assert.equal(maySeeCamera(reviewer, 'gate'), true);
    assert.equal(maySeeCamera(reviewer, 'yard'), false);
    assert.equal(maySeeCamera({ ...reviewer, cameras: '*' }, 'yard'), true);
  });

  it('holds no scope by its role alone', () => {
    assert.equal(hasScope({ ...reviewer, role: 'admin' }, 'embeddings:read'), false);
    assert.equal(hasScope({ ...reviewer, scopes: ['embeddings:read'] }, 'embeddings:read'), true);
  });
});
