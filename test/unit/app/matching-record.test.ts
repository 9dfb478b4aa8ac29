import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MatchingRecord, type MatchingState } from '../../../src/app/matching-record.ts';
import type { Watchlist } from '../../../src/domain/watchlist.ts';

const list: Watchlist = {
  id: 'barred',
  name: 'Barred',
  purpose: 'Keep out',
  legalBasis: 'Act 1',
  authorisation: 'File 1',
  owner: 'Desk',
  cameras: ['gate', 'yard'],
  uses: ['live'],
  fpir: 0.01,
  fixedThreshold: null,
  expiresAt: 1000,
  retentionDays: 30,
  twoPersonReview: false,
  priority: 'normal',
  sound: 'tone',
  review: { revision: 1, authors: [], since: null, before: null, confirmed: null },
  createdAt: 0,
  updatedAt: 0,
};

function setUp() {
  const told: [string, string, unknown][] = [];
  let time = 0;
  const record = new MatchingRecord({
    append: ({ what, target, detail }) => told.push([what, target, detail]),
    now: () => time,
  });
  const state = (
    changes: Partial<Watchlist> = {},
    others: Partial<MatchingState> & { readonly armed?: boolean } = {},
  ) => {
    const of = { ...list, ...changes };
    const stats = { watchlistId: of.id, watchlistName: of.name, inForce: time < 1000, people: 3 };
    const { armed = true, ...rest } = others;
    const lists = [{ ...stats, templates: { 'embed-s': 5 }, list: of, armed }];
    return { lists, cameras: ['gate', 'lobby'], model: 'embed-s', ...rest };
  };
  return { told, record, state, at: (to: number) => (time = to) };
}

const what = (told: [string, string, unknown][]) =>
  told.map(([action, target, detail]) => [
    action,
    target,
    (detail as { why?: string }).why ?? (detail as { cameras: string[] }).cameras,
  ]);

describe('MatchingRecord', () => {
  it('ends while a list is disarmed', () => {
    const { told, record, state } = setUp();
    record.update(state());
    record.update(state({}, { armed: false }));
    record.update(state({}, { armed: false }));
    record.update(state());
    assert.deepEqual(what(told), [
      ['matching.started', 'barred', ['gate']],
      ['matching.ended', 'barred', 'disarmed'],
      ['matching.started', 'barred', ['gate']],
    ]);
  });

  it('tells of the beginning with cameras and grounds, and not again', () => {
    const { told, record, state } = setUp();
    record.update(state());
    record.update(state({ updatedAt: 5, owner: 'Other' }));
    assert.equal(told.length, 1);
    assert.deepEqual(told[0], [
      'matching.started',
      'barred',
      {
        name: 'Barred',
        cameras: ['gate'],
        purpose: 'Keep out',
        legalBasis: 'Act 1',
        authorisation: 'File 1',
        fpir: 0.01,
        fixedThreshold: null,
        model: 'embed-s',
        people: 3,
      },
    ]);
  });

  it('tells of a change of cameras or grounds as an end and a beginning', () => {
    const { told, record, state } = setUp();
    record.update(state());
    record.update(state({}, { cameras: ['gate', 'yard'] }));
    record.update(state({ authorisation: 'File 2' }, { cameras: ['gate', 'yard'] }));
    assert.deepEqual(what(told), [
      ['matching.started', 'barred', ['gate']],
      ['matching.ended', 'barred', 'changed'],
      ['matching.started', 'barred', ['gate', 'yard']],
      ['matching.ended', 'barred', 'changed'],
      ['matching.started', 'barred', ['gate', 'yard']],
    ]);
  });

  it('tells of the end: expiry, deletion, no camera, no template, stop', () => {
    const ends: [string, (set: ReturnType<typeof setUp>) => void][] = [
      [
        'expired',
        ({ at, record, state }) => {
          at(1000);
          record.update(state());
        },
      ],
      ['nothing to match', ({ record, state }) => record.update({ ...state(), lists: [] })],
      ['nothing to match', ({ record, state }) => record.update(state({}, { cameras: ['lobby'] }))],
      ['nothing to match', ({ record, state }) => record.update(state({}, { model: 'other' }))],
      [
        'stopped',
        ({ record }) => {
          record.close();
          record.close();
        },
      ],
    ];
    for (const [why, end] of ends) {
      const set = setUp();
      set.record.update(set.state());
      end(set);
      assert.deepEqual(what(set.told).slice(1), [['matching.ended', 'barred', why]]);
    }
  });

  it('says nothing of a list that matches nobody', () => {
    const { told, record, state } = setUp();
    record.update(state({}, { cameras: [] }));
    record.update(state({ cameras: ['elsewhere'] }));
    record.update(state({ uses: ['footage'] }));
    assert.deepEqual(told, []);
  });
});
