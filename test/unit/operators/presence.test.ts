import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StillFace } from '../../../src/domain/alert.ts';
import type { LastSighting } from '../../../src/domain/raised-alert.ts';
import { Presence } from '../../../src/operators/presence.ts';
import { fusedKeyframe, listMatch, trackTemplate } from '../../support/marbles-faces.ts';

const box = { x: 10, y: 10, width: 12, height: 12 };
const place = { x: 10 / 64, y: 10 / 48, width: 12 / 64, height: 12 / 48 };
const elsewhere = { ...place, x: 0.7 };

function setUp(
  options: {
    readonly quietPeriod?: number;
    readonly stillAfter?: number;
    readonly mayComeAgain?: boolean;
  } = {},
) {
  let now = 0;
  const stored = { last: undefined as LastSighting | undefined };
  const presence = new Presence({
    store: {
      lastSighting: () => stored.last,
      seen(alertId, _, at) {
        stored.last = { alertId, at, still: stored.last?.still ?? null, trackIds: [] };
      },
      markStill(alertId, _, still: StillFace) {
        stored.last = { alertId, at: stored.last?.at ?? 0, still, trackIds: [] };
      },
    },
    clock: { now: () => now, monotonic: () => now, after: () => () => undefined },
    quietPeriod: options.quietPeriod ?? 10_000,
    stillAfter: options.stillAfter ?? 60_000,
    mayComeAgain: options.mayComeAgain ?? false,
    onError: (error) => assert.fail(String(error)),
  });
  return {
    presence,
    stored,
    at(time: number) {
      now = time;
    },
    template: (trackId: string) =>
      trackTemplate(trackId, { latest: fusedKeyframe(trackId, 0, { capturedAt: now, box }) }),
    seen(trackId: string, time: number, where = place) {
      now = time;
      presence.seen({ cameraId: 'cam', trackId, at: time, place: where });
    },
    ended(trackId: string, endedAt: number) {
      presence.ended({ cameraId: 'cam', trackId, startedAt: 0, endedAt, hits: 9 });
    },
  };
}

/** Asked anew each time: the compiler would hold on to what was asserted before. */
function stillOf({ last }: { readonly last: LastSighting | undefined }): StillFace | null {
  return last?.still ?? null;
}

describe('Presence', () => {
  const match = listMatch();

  it('counts the quiet period from the last sighting, not from the alert', () => {
    const { presence, at, template, seen, ended } = setUp();
    assert.equal(presence.covering(template('t'), match), null);
    presence.join(template('t'), match, 'a1');
    seen('t', 50_000);
    // In view: a second track of the same person is covered however long ago the alert was.
    assert.equal(presence.covering(template('u'), match), 'a1');
    ended('t', 51_000);
    at(60_000);
    assert.equal(presence.covering(template('u'), match), 'a1');
    at(61_001);
    assert.equal(presence.covering(template('u'), match), null);
  });

  it('goes by the store after a restart, which is given sightings while they last', () => {
    const before = setUp();
    before.presence.join(before.template('t'), match, 'a1');
    for (let time = 0; time <= 30_000; time += 1_000) before.seen('t', time);
    const { last } = before.stored;
    assert.ok(last && last.at >= 30_000 - 2_500, String(last?.at));
    const after = setUp();
    after.stored.last = last;
    after.at(35_000);
    assert.equal(after.presence.covering(after.template('v'), match), 'a1');
    after.at(45_000);
    assert.equal(after.presence.covering(after.template('v'), match), null);
  });

  it('is not silenced by a wall clock that was set back', () => {
    const { presence, at, template, ended } = setUp();
    at(100_000);
    presence.join(template('t'), match, 'a1');
    ended('t', 100_000);
    at(50_000);
    assert.equal(presence.covering(template('u'), match), null);
  });

  it('marks a face in one place as still, across tracks; only there it is covered', () => {
    const { presence, stored, at, template, seen, ended } = setUp({ stillAfter: 20_000 });
    presence.join(template('t'), match, 'a1');
    for (let time = 0; time <= 12_000; time += 1_000) seen('t', time);
    ended('t', 12_000);
    at(14_000);
    presence.join(template('u'), match, 'a1');
    assert.equal(stillOf(stored), null);
    for (let time = 15_000; time <= 21_000; time += 1_000) seen('u', time);
    assert.equal(stillOf(stored)?.since, 0);
    ended('u', 21_000);
    at(999_000);
    assert.equal(presence.covering(template('v'), match), 'a1');
    const walking = template('w');
    const moved = { ...walking, latest: { ...walking.latest, box: { ...box, x: 45 } } };
    assert.equal(presence.covering(moved, match), null);
    const still = stillOf(stored);
    assert.ok(still);
    const lifted = { ...still, liftedAt: 1, liftedBy: 'ann' };
    stored.last = { alertId: 'a1', at: 21_000, still: lifted, trackIds: [] };
    assert.equal(presence.covering(template('v'), match), null, 'lifted');
  });

  it('does not mark somebody who moves, and is not misled by a single poor box', () => {
    const { presence, stored, template, seen } = setUp({ stillAfter: 20_000 });
    presence.join(template('t'), match, 'a1');
    for (let time = 0; time <= 60_000; time += 1_000) {
      seen('t', time, Math.floor(time / 10_000) % 2 === 0 ? place : elsewhere);
    }
    assert.equal(stored.last?.still, null);
    const other = setUp({ stillAfter: 20_000 });
    other.presence.join(other.template('t'), match, 'a1');
    for (let time = 0; time <= 21_000; time += 1_000) {
      other.seen('t', time, time % 7_000 === 3_000 ? elsewhere : place);
    }
    assert.equal(other.stored.last?.still?.since, 0);
  });

  it('does not keep in view whom a track no longer matches', () => {
    const { presence, stored, template, seen } = setUp();
    presence.join(template('t'), match, 'a1');
    seen('t', 10_000);
    presence.leave(template('t'), [listMatch(0.7, { personId: 'other' })]);
    seen('t', 20_000);
    assert.equal(stored.last?.at, 10_000);
    assert.equal(presence.covering(template('t'), match), null);
  });

  it('takes what comes again after a restart, however late, for the appearance that is stored', () => {
    const { presence, stored, template, at } = setUp({ mayComeAgain: true });
    stored.last = { alertId: 'a1', at: 0, still: null, trackIds: ['t'] };
    at(999_000);
    assert.equal(presence.covering(template('t'), match), 'a1');
    assert.equal(presence.covering(template('u'), match), null);
  });
});
