import { it } from 'node:test';
import { map, type OperatorFunction } from 'rxjs';
import { type MarbleWorld, runMarbles } from './marbles.ts';

/** One operator set up for a test. */
export interface OperatorUnderTest<In, Out> {
  /** An item named by a letter; each one brings one item out. */
  item(letter: string): In;
  readonly operator: OperatorFunction<In, Out>;
  /** The letter of an item that came out; frees what it owns. */
  show(out: Out): string;
}

export interface OperatorContract<In, Out> {
  /** `workMs`: how long its service takes over each item. */
  create(world: MarbleWorld, workMs: number): OperatorUnderTest<In, Out>;
  /** The operator with a callback that throws `fault` at the first item. */
  createBroken(world: MarbleWorld, fault: Error): OperatorUnderTest<In, Out>;
  /** Whether it waits for a service. */
  readonly asynchronous: boolean;
}

/**
 * The six cases that every operator is held to, each with the subscriptions of
 * its source; `runMarbles` sees to it that every frame was released.
 */
export function itKeepsTheContract<In, Out>(contract: OperatorContract<In, Out>): void {
  const { create, createBroken, asynchronous } = contract;

  function check(
    options: {
      readonly source: string;
      readonly expected: string;
      readonly subscription: string | string[];
      readonly unsubscribe?: string;
      readonly workMs?: number;
      readonly fault?: Error;
    },
    set: (world: MarbleWorld) => OperatorUnderTest<In, Out> = (world) =>
      create(world, options.workMs ?? 0),
  ): void {
    runMarbles((world) => {
      const { item, operator, show } = set(world);
      const source = world.cold(options.source);
      const result = source.pipe(
        map((letter) => item(letter)),
        operator,
        map((out) => show(out)),
      );
      world
        .expectObservable(result, options.unsubscribe)
        .toBe(options.expected, undefined, options.fault);
      world.expectSubscriptions(source.subscriptions).toBe(options.subscription);
    });
  }

  it('passes items on in order and completes with its source', () => {
    check({ source: 'a-b-c|', expected: 'a-b-c|', subscription: '^----!' });
  });

  it('completes with an empty source', () => {
    check({ source: '|', expected: '|', subscription: '(^!)' });
  });

  it('waits with a silent source', () => {
    check({ source: '-', expected: '-', subscription: '^' });
  });

  it('passes the error of its source on', () => {
    check({ source: 'a-b#', expected: 'a-b#', subscription: '^--!' });
  });

  it('makes what a callback throws the error, and lets go of its source', () => {
    const fault = new Error('callback');
    check({ source: '-a--b-', expected: '-#', subscription: '^!', fault }, (world) =>
      createBroken(world, fault),
    );
  });

  it('lets go of its source when unsubscribed', () => {
    check({
      source: '      a-b-c-',
      unsubscribe: ' ^--!',
      expected: '    a-b---',
      subscription: '^--!',
    });
  });

  if (!asynchronous) return;

  it('frees what is in work when unsubscribed', () => {
    check({
      source: '      ab----',
      unsubscribe: ' ^--!',
      expected: '    ------',
      subscription: '^--!',
      workMs: 5,
    });
  });

  it('frees what is in work when its source fails', () => {
    check({ source: 'a-#', expected: '--#', subscription: '^-!', workMs: 5 });
  });

  it('finishes what is in work before it completes', () => {
    check({ source: 'a--|', expected: '-----(a|)', subscription: '^--!', workMs: 5 });
  });

  it('is set up anew for each subscriber', () => {
    runMarbles((world) => {
      const { item, operator, show } = create(world, 2);
      const source = world.cold('a---|');
      const result = source.pipe(
        map((letter) => item(letter)),
        operator,
        map((out) => show(out)),
      );
      world.expectObservable(result, '^--------').toBe('--a-|');
      world.expectObservable(result, '-----^---').toBe('-------a-|');
      world.expectSubscriptions(source.subscriptions).toBe(['^---!', '-----^---!']);
    });
  });
}
