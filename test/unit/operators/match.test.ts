import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { map } from 'rxjs';
import { type MatchedTemplate, match } from '../../../src/operators/match.ts';
import type { TemplateEvent } from '../../../src/operators/pool-template.ts';
import { runMarbles } from '../../support/marbles.ts';
import { itKeepsTheContract } from '../../support/marbles-contract.ts';
import { endedTrack, listMatch, trackTemplate } from '../../support/marbles-faces.ts';

const eventOf = (letter: string): TemplateEvent =>
  letter === 'E'
    ? { kind: 'ended', track: endedTrack('t') }
    : { kind: 'template', template: trackTemplate(letter) };

const letterOf = ({ template }: MatchedTemplate): string => template.trackId;

describe('match', () => {
  itKeepsTheContract<TemplateEvent, MatchedTemplate>({
    asynchronous: false,
    create: () => ({
      item: eventOf,
      operator: match({ gallery: { search: () => [listMatch()] } }),
      show: letterOf,
    }),
    createBroken: (_, fault) => ({
      item: eventOf,
      operator: match({
        gallery: {
          search() {
            throw fault;
          },
        },
      }),
      show: letterOf,
    }),
  });

  it('searches with the template for its camera, and tells matched and unmatched lists', () => {
    runMarbles((world) => {
      const searches: unknown[] = [];
      const found = [listMatch(0.7), listMatch(0.3, { watchlistId: 'other' })];
      const source = world.cold('a|');
      const result = source.pipe(
        map(eventOf),
        match({
          gallery: {
            search({ model, fused }, cameraId) {
              searches.push([model, fused, cameraId]);
              return found;
            },
          },
        }),
        map(({ matches }) => matches),
      );
      world.expectObservable(result).toBe('a|', { a: found });
      world.flush();
      assert.deepEqual(searches, [['test', Float32Array.of(1, 0), 'cam']]);
    });
  });

  it('is silent at the end of a track', () => {
    runMarbles((world) => {
      const source = world.cold('aEb|');
      const result = source.pipe(
        map(eventOf),
        match({ gallery: { search: () => [] } }),
        map(letterOf),
      );
      world.expectObservable(result).toBe('a-b|');
    });
  });

  it('tells a failed search and goes on', () => {
    runMarbles((world) => {
      const error = new Error('damaged');
      const told: unknown[] = [];
      let searches = 0;
      const source = world.cold('ab|');
      const result = source.pipe(
        map(eventOf),
        match({
          gallery: {
            search() {
              searches += 1;
              if (searches === 1) throw error;
              return [];
            },
          },
          onError: (each) => told.push(each),
        }),
        map(letterOf),
      );
      world.expectObservable(result).toBe('-b|');
      world.expectSubscriptions(source.subscriptions).toBe('^-!');
      world.flush();
      assert.deepEqual(told, [error]);
    });
  });
});
