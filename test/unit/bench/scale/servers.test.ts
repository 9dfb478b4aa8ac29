import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Draws } from '../../../../bench/scale/draws.ts';
import { Servers } from '../../../../bench/scale/servers.ts';
import { Simulation } from '../../../../bench/scale/simulation.ts';

interface Queue {
  readonly servers: number;
  /** Arrivals a millisecond. */
  readonly rate: number;
  readonly service: (draws: Draws) => number;
}

/** Mean wait and use of a queue with Poisson arrivals. */
function run({ servers, rate, service }: Queue) {
  const simulation = new Simulation();
  const draws = new Draws(11);
  const station = new Servers(simulation, servers);
  const warmUp = 20_000;
  let waits = 0;
  let count = 0;
  const arrive = () => {
    const came = simulation.now;
    station.serve(
      () => {
        if (came > warmUp) {
          waits += simulation.now - came;
          count += 1;
        }
        return service(draws);
      },
      () => undefined,
    );
    simulation.after(draws.exponential(1 / rate), arrive);
  };
  simulation.after(0, arrive);
  simulation.runUntil(warmUp);
  station.reset();
  simulation.runUntil(600_000);
  return { wait: waits / count, used: station.utilisation(warmUp) };
}

function near(actual: number, expected: number, tolerance: number): void {
  assert.ok(
    Math.abs(actual - expected) <= tolerance * expected,
    `${actual} is not within ${tolerance * 100} % of ${expected}`,
  );
}

/** Mean wait of M/M/c by Erlang's formula. */
function erlangWait(servers: number, rate: number, mean: number): number {
  const offered = rate * mean;
  let term = 1;
  let sum = 0;
  for (let k = 0; k < servers; k += 1) {
    sum += term;
    term *= offered / (k + 1);
  }
  const last = term / (1 - offered / servers);
  return ((last / (sum + last)) * mean) / (servers - offered);
}

describe('queues against their closed forms', () => {
  it('M/M/1: mean wait rho / (mu - lambda)', () => {
    const { wait, used } = run({ servers: 1, rate: 0.7, service: (draws) => draws.exponential(1) });
    near(wait, 0.7 / 0.3, 0.05);
    near(used, 0.7, 0.01);
  });

  it('M/D/1: half of that (Pollaczek and Khinchine)', () => {
    const { wait, used } = run({ servers: 1, rate: 0.8, service: () => 1 });
    near(wait, 0.8 / (2 * 0.2), 0.05);
    near(used, 0.8, 0.01);
  });

  it('M/M/c: by Erlang C, with two and eight servers', () => {
    for (const servers of [2, 8]) {
      const rate = 0.8 * servers;
      const { wait, used } = run({ servers, rate, service: (draws) => draws.exponential(1) });
      near(wait, erlangWait(servers, rate, 1), 0.06);
      near(used, 0.8, 0.01);
    }
  });
});

describe('servers', () => {
  it('serve in the order of coming and refuse what is too much', () => {
    const simulation = new Simulation();
    const station = new Servers(simulation, 1, 2);
    const done: string[] = [];
    const serve = (name: string) =>
      station.serve(
        () => 10,
        () => done.push(`${name} ${simulation.now}`),
      );
    assert.deepEqual(['a', 'b', 'c', 'd'].map(serve), [true, true, true, false]);
    assert.equal(station.waiting, 2);
    simulation.runUntil(100);
    assert.deepEqual(done, ['a 10', 'b 20', 'c 30']);
    assert.equal(station.utilisation(0), 0.3);
  });
});

describe('simulation', () => {
  it('lets things happen by time, those of one moment as they were planned', () => {
    const simulation = new Simulation();
    const seen: string[] = [];
    for (const [name, delay] of [
      ['late', 3],
      ['first', 1],
      ['second', 1],
      ['zero', 0],
    ] as const) {
      simulation.after(delay, () => seen.push(name));
    }
    simulation.runUntil(2);
    assert.deepEqual(seen, ['zero', 'first', 'second']);
    assert.equal(simulation.now, 2);
    assert.throws(() => simulation.after(-1, () => undefined), RangeError);
  });

  it('draws the same from the same seed, and other values from the next', () => {
    const values = (seed: number) => {
      const draws = new Draws(seed);
      return [draws.uniform(), draws.exponential(2), draws.of([1, 2, 3])];
    };
    assert.deepEqual(values(4), values(4));
    assert.notDeepEqual(values(4), values(5));
  });
});
