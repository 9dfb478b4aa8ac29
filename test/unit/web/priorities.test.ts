import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Watchlist } from '../../../src/client/nightglass-client.ts';
import { byPerson } from '../../../web/src/live/appearances.ts';
import {
  byPriority,
  peopleByPriority,
  priorityOf,
  soundOf,
} from '../../../web/src/live/priorities.ts';
import { sampleAlert } from '../../support/gateway/sample-alert.ts';

const list = (id: string, priority: Watchlist['priority'], sound: Watchlist['sound']) =>
  ({ id, priority, sound }) as Watchlist;
const lists = [
  list('bomb', 'urgent', 'alarm'),
  list('missing', 'normal', 'tone'),
  list('visitors', 'low', 'none'),
];
/** Newest first, as the page holds them. */
const alerts = (
  [
    [6, 'visitors', 'new'],
    [5, 'missing', 'new'],
    [4, 'bomb', 'confirmed'],
    [3, 'gone', 'new'],
    [2, 'bomb', 'acknowledged'],
    [1, 'bomb', 'new'],
  ] as const
).map(([number, watchlistId, state]) =>
  sampleAlert(number, { watchlistId, state, personId: `person-${number}` }),
);
const numbers = (ids: readonly { id: string }[]) => ids.map(({ id }) => Number(id.slice(3)));

describe('alerts by priority', () => {
  it('are urgent undecided ones first and low ones last, each newest first', () => {
    assert.deepEqual(numbers(byPriority(alerts, lists)), [2, 1, 5, 4, 3, 6]);
    const people = peopleByPriority(byPerson(alerts), lists);
    assert.deepEqual(numbers(people.map(({ head }) => head)), [2, 1, 5, 4, 3, 6]);
  });

  it('stand in the order of time where no list is known', () => {
    assert.deepEqual(numbers(byPriority(alerts, [])), [6, 5, 4, 3, 2, 1]);
  });

  it('sound as their list asks for', () => {
    const of = (watchlistId: string) => [
      priorityOf({ watchlistId }, lists),
      soundOf({ watchlistId }, lists),
    ];
    assert.deepEqual(of('bomb'), ['urgent', 'alarm']);
    assert.deepEqual(of('visitors'), ['low', 'none']);
    assert.deepEqual(of('gone'), ['normal', 'tone']);
  });
});
