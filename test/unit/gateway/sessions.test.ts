import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sessionCookie, sessionSecretOf } from '../../../src/gateway/access/session-cookie.ts';
import { csrfMatches, type SessionLimits, Sessions } from '../../../src/gateway/access/sessions.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const minute = 60_000;
const limits: SessionLimits = {
  sessionIdleMs: 10 * minute,
  sessionLifeMs: 60 * minute,
  maxSessions: 4,
  maxSessionsPerToken: 2,
};
const ann = { principal: { id: 't1', name: 'ann' }, credentials: 0 };
const from = { by: 'token', address: '192.0.2.7', agent: 'Browser 1' } as const;

function setUp() {
  const clock = new FakeClock();
  const sessions = new Sessions({ clock, limits });
  const ended: string[] = [];
  sessions.onEnd(({ name }, why) => ended.push(`${name} ${why}`));
  return { clock, sessions, ended };
}

describe('Sessions', () => {
  it('know a session by its secret alone, and no two are alike', () => {
    const { sessions } = setUp();
    const a = sessions.start(ann, from);
    const b = sessions.start(ann, from);
    assert.match(a.secret, /^[\w-]{43}$/);
    assert.notEqual(a.secret, b.secret);
    assert.notEqual(a.session.csrf, b.session.csrf);
    assert.equal(sessions.use(a.secret), a.session);
    for (const guess of ['', a.session.csrf, a.secret.slice(1), `${a.secret}=`]) {
      assert.equal(sessions.use(guess), undefined);
    }
  });

  it('end after time without use, told within half a minute', () => {
    const { clock, sessions, ended } = setUp();
    const { secret } = sessions.start(ann, from);
    for (let n = 0; n < 3; n += 1) {
      clock.advance(9 * minute);
      assert.ok(sessions.use(secret));
    }
    clock.advance(10 * minute - 1);
    assert.deepEqual(ended, []);
    clock.advance(minute / 2);
    assert.deepEqual(ended, ['ann idle']);
    assert.equal(sessions.use(secret), undefined);
    assert.equal(sessions.size, 0);
    assert.equal(clock.pending, 0);
  });

  it('end after their life however much they are used', () => {
    const { clock, sessions, ended } = setUp();
    const { secret, session } = sessions.start(ann, from);
    assert.equal(session.expiresAt, clock.now() + limits.sessionLifeMs);
    for (let n = 0; n < 11; n += 1) {
      clock.advance(5 * minute);
      assert.ok(sessions.use(secret));
    }
    clock.advance(5 * minute);
    assert.equal(sessions.use(secret), undefined);
    assert.deepEqual(ended, ['ann expired']);
  });

  it('are bounded by token and in all: the longest unused makes room', () => {
    const { sessions, ended } = setUp();
    const first = sessions.start(ann, from);
    const second = sessions.start(ann, from);
    sessions.use(first.secret);
    sessions.start(ann, from);
    assert.deepEqual(ended, ['ann displaced']);
    assert.equal(sessions.use(second.secret), undefined);
    for (const name of ['bob', 'cid', 'dee'])
      sessions.start({ principal: { id: name, name }, credentials: 0 }, from);
    assert.equal(sessions.size, 4);
    assert.equal(ended.length, 2);
  });

  it('end once', () => {
    const { sessions, ended } = setUp();
    const { session, secret } = sessions.start(ann, from);
    sessions.end(session, 'logout');
    sessions.end(session, 'logout');
    assert.deepEqual(ended, ['ann logout']);
    assert.equal(sessions.use(secret), undefined);
    sessions.close();
    sessions.close();
  });

  it('know their own CSRF token', () => {
    const { session } = setUp().sessions.start(ann, from);
    assert.equal(csrfMatches(session, session.csrf), true);
    for (const wrong of [undefined, '', session.csrf.slice(1), `${session.csrf}x`]) {
      assert.equal(csrfMatches(session, wrong), false);
    }
  });
});

describe('the session cookie', () => {
  const secret = 'a'.repeat(43);

  it('cannot be read by scripts or sent from elsewhere', () => {
    assert.equal(
      sessionCookie(secret, true, ''),
      `nightglass_session=${secret}; Path=/; HttpOnly; SameSite=Strict; Secure`,
    );
    assert.ok(!sessionCookie(secret, false, '').includes('Secure'));
    assert.ok(sessionCookie(null, false, '').endsWith('Max-Age=0'));
  });

  it('is read among others, and not where it is set twice or is no secret', () => {
    assert.equal(sessionSecretOf(`a=1; nightglass_session=${secret}; b=2`, ''), secret);
    for (const header of [
      undefined,
      '',
      'nightglass_session',
      'nightglass_session=short',
      `xnightglass_session=${secret}`,
      `nightglass_session=${secret}; nightglass_session=${'b'.repeat(43)}`,
    ]) {
      assert.equal(sessionSecretOf(header, ''), undefined, header);
    }
  });
});

describe('Sessions of one holder', () => {
  it('are listed, the last used first, with where they began, and without a secret', () => {
    const { clock, sessions } = setUp();
    const first = sessions.start(ann, { ...from, agent: 'x'.repeat(1000) });
    clock.advance(minute);
    const second = sessions.start(ann, { ...from, by: 'password' });
    sessions.start({ principal: { id: 'b', name: 'bob' }, credentials: 3 }, from);
    clock.advance(minute);
    sessions.use(first.secret);
    const listed = sessions.list('t1');
    assert.deepEqual(
      listed.map(({ id, by, usedAt }) => [id, by, usedAt]),
      [
        [first.session.id, 'token', clock.now()],
        [second.session.id, 'password', clock.now() - minute],
      ],
    );
    assert.equal(listed[0]?.agent.length, 300);
    assert.equal(sessions.list().length, 3);
    assert.ok(!JSON.stringify(sessions.list()).includes(first.secret));
  });

  it('end one by one, by their id and for who may, or all but one', () => {
    const { sessions, ended } = setUp();
    const a = sessions.start(ann, from);
    const b = sessions.start(ann, from);
    assert.equal(sessions.endById(a.session.id, 'somebody else'), false);
    assert.equal(sessions.endById('no such', 't1'), false);
    assert.equal(sessions.size, 2);
    assert.equal(sessions.endById(a.session.id, 't1'), true);
    const c = sessions.start(ann, from);
    assert.equal(sessions.endOf('t1', c.session), 1);
    assert.equal(sessions.use(b.secret), undefined);
    assert.equal(sessions.use(c.secret), c.session);
    assert.deepEqual(ended, ['ann ended', 'ann ended']);
  });
});
