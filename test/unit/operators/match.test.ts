import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { map, Subject } from 'rxjs';
import { isNightglassError } from '../../../src/domain/errors.ts';
import type { ListMatch, MatchEvent } from '../../../src/domain/match.ts';
import type { TemplateEvent } from '../../../src/domain/track-template.ts';
import { match } from '../../../src/operators/match.ts';
import { runMarbles } from '../../support/marbles.ts';
import { itKeepsTheContract } from '../../support/marbles-contract.ts';
import { endedTrack, listMatch, trackTemplate } from '../../support/marbles-faces.ts';

const eventOf = (letter: string): TemplateEvent =>
  letter === 'E'
    ? { kind: 'ended', track: endedTrack('t') }
    : { kind: 'template', template: trackTemplate(letter) };

const letterOf = (event: MatchEvent): string => {
  if (event.kind === 'matched') return event.template.trackId;
  return event.kind === 'ended' ? 'E' : 's';
};

const matchesOf = (event: MatchEvent) => (event.kind === 'matched' ? event.matches : []);

describe('match', () => {
  itKeepsTheContract<TemplateEvent, MatchEvent>({
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
        map(matchesOf),
      );
      world.expectObservable(result).toBe('a|', { a: found });
      world.flush();
      assert.deepEqual(searches, [['test', Float32Array.of(1, 0), 'cam']]);
    });
  });

  it('passes on the end of a track', () => {
    runMarbles((world) => {
      const source = world.cold('aEb|');
      const result = source.pipe(
        map(eventOf),
        match({ gallery: { search: () => [] } }),
        map(letterOf),
      );
      world.expectObservable(result).toBe('aEb|');
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

  it('waits for a search that takes its time, and keeps the order of a track', async () => {
    const answers = new Map<string, PromiseWithResolvers<readonly ListMatch[]>>();
    const source = new Subject<TemplateEvent>();
    const left: unknown[] = [];
    const version = (trackId: string, score: number): TemplateEvent => ({
      kind: 'template',
      template: { ...trackTemplate(trackId), fused: Float32Array.of(score, 0) },
    });
    source
      .pipe(
        match({
          gallery: {
            search({ fused }) {
              const answer = Promise.withResolvers<readonly ListMatch[]>();
              answers.set(String(fused[0]), answer);
              return answer.promise;
            },
          },
        }),
      )
      .subscribe((event) => left.push([letterOf(event), matchesOf(event).length]));
    for (const [track, score] of [
      ['a', 1],
      ['a', 2],
      ['b', 3],
    ] as const) {
      source.next(version(track, score));
    }
    answers.get('3')?.resolve([listMatch(0.3)]);
    answers.get('2')?.resolve([listMatch(0.2), listMatch(0.2)]);
    await new Promise(setImmediate);
    assert.deepEqual(left, [['b', 1]]);
    answers.get('1')?.resolve([]);
    await new Promise(setImmediate);
    assert.deepEqual(left, [
      ['b', 1],
      ['a', 0],
      ['a', 2],
    ]);
  });

  it('tells of templates beyond what can be under way', () => {
    const source = new Subject<TemplateEvent>();
    const told: unknown[] = [];
    const subscription = source
      .pipe(
        match({
          gallery: { search: () => new Promise(() => undefined) },
          onError: (error) => told.push(error),
        }),
      )
      .subscribe();
    for (let i = 0; i < 258; i += 1) source.next(eventOf(`t${i}`));
    assert.equal(told.length, 2);
    assert.ok(told.every((error) => isNightglassError(error, 'GALLERY_OVERLOADED')));
    subscription.unsubscribe();
  });

  it('searches running tracks again when the watchlists change, and those alone', () => {
    runMarbles((world) => {
      const source = world.cold('ab-E-----|');
      const changes = world.cold('-----x-x|');
      let found: readonly ListMatch[] = [];
      world.at(6, () => {
        found = [listMatch()];
      });
      const result = source.pipe(
        map((letter) => eventOf(letter === 'a' ? 't' : letter)),
        match({ gallery: { search: () => found }, changes$: changes }),
        map((event) =>
          event.kind === 'matched'
            ? `${event.template.trackId} ${event.cause} ${event.matches.length}`
            : event.kind,
        ),
      );
      world.expectObservable(result).toBe('ab-c-d-e-|', {
        a: 't keyframe 0',
        b: 'b keyframe 0',
        c: 'ended',
        d: 'b lists 0',
        e: 'b lists 1',
      });
      world.expectSubscriptions(changes.subscriptions).toBe('^-------!');
    });
  });
});
