import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  confirmationOf,
  isWithheldFrom,
  listChanges,
  type ReviewedGrounds,
  reviewOfChanged,
  reviewOfNew,
} from '../../../src/domain/list-review.ts';

const grounds: ReviewedGrounds = {
  purpose: 'Keep out',
  legalBasis: 'Act 1',
  authorisation: 'File 1',
  cameras: ['gate'],
  uses: ['live'],
  fpir: 0.01,
  fixedThreshold: null,
  expiresAt: 1000,
  retentionDays: 30,
  twoPersonReview: false,
  sites: [],
};
const inForce = { ...grounds, review: reviewOfNew('off', 'ann', 1) };

describe('the review of a list', () => {
  it('waits for a new list only where it is required', () => {
    assert.deepEqual(reviewOfNew('required', 'ann', 5).authors, ['ann']);
    assert.deepEqual(reviewOfNew('off', 'ann', 5).authors, []);
    assert.equal(listChanges(null, grounds).length, 10);
  });

  for (const [field, value] of Object.entries({
    purpose: 'Find',
    legalBasis: 'Act 2',
    authorisation: 'File 2',
    cameras: ['gate', 'yard'],
    uses: ['live', 'footage'],
    fpir: 0.02,
    fixedThreshold: 0.3,
    expiresAt: 2000,
    retentionDays: 60,
    twoPersonReview: true,
    sites: ['harbour'],
  })) {
    it(`waits after a change of ${field}`, () => {
      const next = { ...grounds, [field]: value };
      const review = reviewOfChanged('required', inForce, next, 'bob', 9);
      const { authors, since, before } = review;
      assert.deepEqual({ authors, since, before }, { authors: ['bob'], since: 9, before: grounds });
      assert.deepEqual(
        listChanges(before, next).map((change) => change.field),
        [field],
      );
      assert.deepEqual(reviewOfChanged('off', inForce, next, 'bob', 9).authors, []);
      const back = reviewOfChanged('required', { ...next, review }, grounds, 'bob', 10);
      assert.deepEqual([back.authors, back.since, back.before], [[], null, null]);
    });
  }

  it('waits for nothing after an earlier end', () => {
    const next = { ...grounds, expiresAt: 500 };
    assert.equal(reviewOfChanged('required', inForce, next, 'bob', 9), inForce.review);
    const endless = { ...grounds, expiresAt: null };
    assert.deepEqual(reviewOfChanged('required', inForce, endless, 'bob', 9).authors, ['bob']);
  });

  it('waits for nothing after a site is taken out', () => {
    const sent = { ...inForce, sites: ['harbour', 'station'] };
    const fewer = { ...sent, sites: ['station'] };
    assert.equal(reviewOfChanged('required', sent, fewer, 'bob', 9), sent.review);
    const other = { ...sent, sites: ['airport', 'station'] };
    assert.deepEqual(reviewOfChanged('required', sent, other, 'bob', 9).authors, ['bob']);
  });

  it('keeps a list from sites of which nobody else knows yet', () => {
    const unseen = { review: reviewOfNew('required', 'ann', 1) };
    assert.equal(isWithheldFrom('harbour', unseen), true);
    assert.equal(isWithheldFrom('harbour', inForce), false);
    const sent = { ...inForce, sites: ['harbour'] };
    const more = { ...sent, sites: ['harbour', 'station'] };
    const review = reviewOfChanged('required', sent, more, 'bob', 9);
    assert.equal(isWithheldFrom('harbour', { review }), false);
    assert.equal(isWithheldFrom('station', { review }), true);
    const { sites: _, ...old } = grounds;
    assert.equal(isWithheldFrom('station', { review: { ...review, before: old } }), false);
  });

  it('compares with what was in force, however often the list is changed', () => {
    const first = { ...grounds, fpir: 0.02 };
    const one = reviewOfChanged('required', inForce, first, 'bob', 9);
    const second = { ...first, retentionDays: 90 };
    const two = reviewOfChanged('required', { ...first, review: one }, second, 'ann', 10);
    assert.deepEqual([two.authors, two.since, two.revision], [['bob', 'ann'], 9, 3]);
    assert.deepEqual(
      listChanges(two.before, second).map(({ field }) => field),
      ['fpir', 'retentionDays'],
    );
  });

  it('is by somebody else, as long as there is one', () => {
    const by = (name: string, authors: string[], reviewers: string[]) =>
      confirmationOf({ authors }, name, reviewers);
    assert.equal(by('bob', ['ann'], ['ann', 'bob']), 'other');
    assert.equal(by('ann', ['ann'], ['ann', 'bob']), undefined);
    assert.equal(by('ann', ['ann'], ['ann']), 'alone');
    assert.equal(by('local', ['local'], []), 'alone');
    assert.equal(by('ann', ['ann', 'bob'], ['ann', 'bob']), 'co-author');
    assert.equal(by('bob', ['ann', 'bob'], ['ann', 'bob']), undefined);
    assert.equal(by('ann', ['ann', 'bob'], ['ann', 'bob', 'eve']), undefined);
    const same = (a: string, b: string) => a[0] === b[0];
    assert.equal(confirmationOf({ authors: ['ann'] }, 'ann2', ['ann', 'bob'], same), undefined);
    assert.equal(confirmationOf({ authors: ['ann'] }, 'ann2', ['ann', 'ann2'], same), 'alone');
  });
});
