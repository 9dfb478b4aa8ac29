import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AuditEntry } from '../../../src/domain/audit-entry.ts';
import { type Denial, DenialLog } from '../../../src/gateway/access/denials.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const minute = 60_000;

function setUp() {
  const clock = new FakeClock();
  const written: AuditEntry[] = [];
  const denials = new DenialLog({ clock, write: (entry) => written.push(entry) });
  const times = () => written.reduce((sum, { detail }) => sum + Number(detail?.['times']), 0);
  return { clock, written, denials, times };
}

function denial(changes: Partial<Denial> = {}): Denial {
  const place = 'GET /api/alerts/:id';
  return { who: 'ann', address: '10.0.0.1', code: 'NOT_FOUND', place, target: 'a1', ...changes };
}

describe('DenialLog', () => {
  it('writes the first of a kind at once, and counts those after it', () => {
    const { clock, written, denials } = setUp();
    const start = clock.now();
    for (let n = 0; n < 5; n += 1) denials.add(denial());
    const detail = { place: 'GET /api/alerts/:id', code: 'NOT_FOUND', address: '10.0.0.1' };
    const entry = { who: 'ann', what: 'access.denied', target: 'a1' };
    assert.deepEqual(written, [{ ...entry, detail: { ...detail, times: 1 } }]);
    clock.advance(minute);
    assert.deepEqual(written[1], { ...entry, detail: { ...detail, times: 4, since: start } });
    assert.equal(clock.pending, 0);
  });

  it('loses none and stays small under a flood of different strangers', () => {
    const { clock, written, denials, times } = setUp();
    const flood = 20_000;
    for (let n = 0; n < flood; n += 1) {
      denials.add(
        denial({ who: undefined, address: `10.${n >> 8}.${n & 255}.1`, code: 'UNAUTHENTICATED' }),
      );
      if (n % 100 === 0) clock.advance(minute);
    }
    denials.close();
    assert.equal(times(), flood);
    // 200 minutes: with a growing window, far fewer records than one a minute and kind.
    assert.ok(written.length < 600, String(written.length));
  });

  it('is not blinded by strangers to what those with a token do', () => {
    const { written, denials } = setUp();
    for (let n = 0; n < 1000; n += 1) denials.add(denial({ who: undefined, address: `${n}` }));
    const before = written.length;
    for (let n = 0; n < 20; n += 1) denials.add(denial({ target: `a${n}` }));
    assert.equal(written.length, before + 20);
  });

  it('goes back to a short window once it is quiet', () => {
    const { clock, written, denials } = setUp();
    for (let round = 0; round < 3; round += 1) {
      denials.add(denial());
      denials.add(denial());
      clock.advance(60 * minute);
    }
    denials.add(denial());
    clock.advance(60 * minute);
    const { length } = written;
    denials.add(denial());
    denials.add(denial());
    clock.advance(minute);
    assert.equal(written.length, length + 2);
  });

  it('writes what is counted when it closes, once', () => {
    const { written, denials, times } = setUp();
    for (let n = 0; n < 3; n += 1) denials.add(denial());
    denials.close();
    denials.close();
    denials.add(denial());
    assert.equal(times(), 3);
    assert.equal(written.length, 2);
  });
});
