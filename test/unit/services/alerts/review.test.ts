import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AlertState } from '../../../../src/domain/alert.ts';
import { isNightglassError } from '../../../../src/domain/errors.ts';
import {
  nextState,
  type Review,
  type ReviewAction,
  reviewStatus,
  reviewsBlind,
  scoreBlind,
  visibleReviews,
} from '../../../../src/domain/review.ts';
import { makeAlert } from '../../../support/store/alert-fixture.ts';

const states: AlertState[] = ['new', 'acknowledged', 'confirmed', 'dismissed', 'escalated'];
const actions: ReviewAction[] = ['acknowledge', 'confirm', 'dismiss', 'escalate'];
const by = (reviewer: string, action: ReviewAction, stateAfter: AlertState): Review => ({
  reviewer,
  action,
  stateAfter,
  reason: '',
  at: 0,
});

describe('nextState', () => {
  const expected: Partial<Record<`${AlertState} ${ReviewAction}`, AlertState>> = {
    'new acknowledge': 'acknowledged',
    'new escalate': 'escalated',
    'acknowledged confirm': 'confirmed',
    'acknowledged dismiss': 'dismissed',
    'acknowledged escalate': 'escalated',
    'escalated confirm': 'confirmed',
    'escalated dismiss': 'dismissed',
  };
  for (const state of states) {
    for (const action of actions) {
      const to = expected[`${state} ${action}`];
      it(`${state}, ${action}: ${to ?? 'CONFLICT'}`, () => {
        const step = () => nextState(state, [], { action, reviewer: 'ann', reason: 'x' }, false);
        if (to === undefined) assert.throws(step, (e) => isNightglassError(e, 'CONFLICT'));
        else assert.equal(step(), to);
      });
    }
  }

  it('needs a reason to dismiss, and a reviewer', () => {
    for (const request of [
      { action: 'dismiss', reviewer: 'ann' },
      { action: 'dismiss', reviewer: 'ann', reason: '  ' },
      { action: 'confirm', reviewer: '' },
    ] as const) {
      assert.throws(
        () => nextState('acknowledged', [], request, false),
        (e) => isNightglassError(e, 'BAD_REQUEST'),
      );
    }
  });

  it('with two reviewers: one verdict changes nothing, two equal ones decide', () => {
    const acknowledged = by('ann', 'acknowledge', 'acknowledged');
    assert.equal(
      nextState('acknowledged', [acknowledged], { action: 'confirm', reviewer: 'ann' }, true),
      'acknowledged',
    );
    const voted = [acknowledged, by('ann', 'confirm', 'acknowledged')];
    assert.equal(
      nextState('acknowledged', voted, { action: 'confirm', reviewer: 'bob' }, true),
      'confirmed',
    );
    assert.throws(
      () => nextState('acknowledged', voted, { action: 'confirm', reviewer: 'ann' }, true),
      (e) => isNightglassError(e, 'CONFLICT'),
    );
  });

  it('with two reviewers who differ: escalated, and a third settles it', () => {
    const votes = [by('ann', 'confirm', 'acknowledged')];
    const dismiss = { action: 'dismiss', reason: 'no likeness' } as const;
    assert.equal(
      nextState('acknowledged', votes, { ...dismiss, reviewer: 'bob' }, true),
      'escalated',
    );
    votes.push(by('bob', 'dismiss', 'escalated'));
    assert.equal(nextState('escalated', votes, { ...dismiss, reviewer: 'cy' }, true), 'dismissed');
    assert.throws(
      () => nextState('escalated', votes, { ...dismiss, reviewer: 'ann' }, true),
      (e) => isNightglassError(e, 'CONFLICT'),
    );
  });
});

describe('the second reviewer', () => {
  const reviews = [by('ann', 'acknowledge', 'acknowledged'), by('ann', 'confirm', 'acknowledged')];
  const status = reviewStatus('acknowledged', reviews, true);

  it('sees neither scores nor the first verdict, but who gave one', () => {
    assert.equal(reviewsBlind(status, 'bob'), true);
    assert.equal(reviewsBlind(status, 'ann'), false);
    assert.deepEqual(
      visibleReviews(reviews, status, 'bob').map(({ action }) => action),
      ['acknowledge'],
    );
    assert.equal(visibleReviews(reviews, status, 'ann').length, 2);
    assert.deepEqual(status.voters, ['ann']);
  });

  it('sees all once it is decided', () => {
    const decided = reviewStatus('confirmed', reviews, true);
    assert.equal(reviewsBlind(decided, 'bob'), false);
    assert.equal(visibleReviews(reviews, decided, 'bob').length, 2);
  });

  it('gets an alert without a number that tells how sure the machine was', () => {
    const blind = JSON.stringify(scoreBlind(makeAlert(1)));
    for (const word of ['scores', 'threshold', 'fpir', 'meanGate', 'quality']) {
      assert.equal(blind.includes(word), false, word);
    }
  });
});
