import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { watchlistBody, watchlistPatch } from '../../../src/gateway/schemas/watchlist.ts';
import { expiryOf } from '../../../web/src/watchlists/expiry.ts';
import {
  bodyOf,
  changesOf,
  draftOf,
  faultsOf,
  fieldOfRefusal,
  newDraft,
  type WatchlistDraft,
} from '../../../web/src/watchlists/watchlist-draft.ts';

const now = 1_790_000_000_000;
const zone = 'Asia/Shanghai';
const dayMs = 86_400_000;

const filled: WatchlistDraft = {
  ...newDraft(now, zone),
  name: ' Missing people ',
  purpose: 'Find them',
  legalBasis: 'Police act',
  authorisation: 'File 12',
  owner: 'Duty officer',
  cameras: ['gate'],
};

const list = {
  id: 'l1',
  name: 'Missing people',
  purpose: 'Find them',
  legalBasis: 'Police act',
  authorisation: 'File 12',
  owner: 'Duty officer',
  cameras: ['gate'],
  uses: ['live'] as const,
  fpir: 0.001,
  fixedThreshold: null,
  expiresAt: now + 17_123,
  retentionDays: 30,
  twoPersonReview: false,
  priority: 'normal' as const,
  sound: 'tone' as const,
  people: 3,
  sites: [],
  inForce: true,
  review: { revision: 1, authors: [], since: null, before: null, confirmed: null },
  changes: [],
  createdAt: now,
  updatedAt: now,
};

describe('draft of a watchlist', () => {
  it('asks for all that a list must say', () => {
    const faults = faultsOf(newDraft(now, zone), now);
    assert.deepEqual(Object.keys(faults).sort(), [
      'authorisation',
      'cameras',
      'legalBasis',
      'name',
      'owner',
      'purpose',
    ]);
  });

  it('makes a body that the gateway takes', () => {
    assert.deepEqual(faultsOf(filled, now), {});
    const body = bodyOf(filled);
    assert.equal(watchlistBody.parse(body).name, 'Missing people');
    assert.equal(body['fpir'], 0.001);
    assert.deepEqual(body['uses'], ['live'], 'footage only where somebody says so');
    assert.equal(body['fixedThreshold'], null);
  });

  it('refuses numbers that are none or out of range, and a past end', () => {
    const faults = faultsOf(
      {
        ...filled,
        oneIn: 'many',
        retentionDays: '2.5',
        fixedThreshold: '1.2',
        expiresAt: '2020-01-01T00:00',
      },
      now,
    );
    assert.deepEqual(faults, {
      oneIn: { kind: 'range', least: 2, most: 10_000_000 },
      retentionDays: { kind: 'range', least: 1, most: 3650 },
      fixedThreshold: { kind: 'range', least: -1, most: 1 },
      expiresAt: { kind: 'past' },
    });
  });

  it('sends only what was changed', () => {
    const draft = draftOf(list, zone);
    assert.deepEqual(changesOf(draft, list), {}, 'seconds of the end do not count as a change');
    const body = changesOf({ ...draft, owner: 'Night shift', allCameras: true }, list);
    assert.deepEqual(body, { owner: 'Night shift', cameras: '*' });
    watchlistPatch.parse(body);
    assert.deepEqual(changesOf({ ...draft, uses: ['live', 'footage'] }, list), {
      uses: ['live', 'footage'],
    });
    assert.deepEqual(faultsOf({ ...draft, uses: [] }, now).uses, { kind: 'required' });
    assert.deepEqual(changesOf({ ...draft, expiresAt: '' }, list), { expiresAt: null });
  });

  it('may change other things of a list that has expired', () => {
    const expired = { ...list, expiresAt: now - dayMs };
    assert.deepEqual(faultsOf({ ...draftOf(expired, zone), owner: 'Other' }, now, expired), {});
  });

  it('finds the field that a refusal speaks of', () => {
    assert.equal(fieldOfRefusal('BAD_REQUEST', 'Cannot read the body: name: Too big'), 'name');
    assert.equal(fieldOfRefusal('BAD_REQUEST', 'Cannot read the body: cameras.0: no'), 'cameras');
    assert.equal(fieldOfRefusal('BAD_REQUEST', 'Cannot read the body: fpir: no'), 'oneIn');
    assert.equal(fieldOfRefusal('CONFLICT', 'There is a list of this name'), 'name');
    assert.equal(fieldOfRefusal('FORBIDDEN', 'Cannot: name: x'), undefined);
    assert.equal(fieldOfRefusal('BAD_REQUEST', 'Cannot read it: other: x'), undefined);
  });
});

describe('expiryOf', () => {
  it('warns two weeks before the end', () => {
    const at = (expiresAt: number | null) => expiryOf({ expiresAt }, now);
    assert.equal(at(null), 'never');
    assert.equal(at(now + 15 * dayMs), 'fine');
    assert.equal(at(now + 13 * dayMs), 'soon');
    assert.equal(at(now), 'expired');
  });
});
