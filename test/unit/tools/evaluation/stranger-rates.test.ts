import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SearchResult } from '../../../../tools/evaluation/search-gallery.ts';
import { strangerRates } from '../../../../tools/evaluation/stranger-rates.ts';

const found = (genuine: number, impostor = 0): SearchResult => ({
  genuine,
  impostor,
  rank: genuine > impostor ? 1 : 2,
  acquired: true,
  mated: true,
});

/** Scores 0.001, 0.002 … 1 of a thousand strangers. */
const strangers = {
  scores: Array.from({ length: 1000 }, (_, i) => (i + 1) / 1000),
  identities: Array.from({ length: 1000 }, (_, i) => `stranger ${i}`),
};

describe('strangerRates', () => {
  it('sets the threshold by the strangers, not by the probes', () => {
    const results = [found(0.9965), found(0.995), found(0.9), found(0.999, 1)];
    const [one, third] = strangerRates(results, ['a', 'b', 'c', 'd'], strangers, {
      fpirs: [0.01, 0.003],
      draws: 20,
    });
    assert.ok(one && third);
    assert.deepEqual([one.threshold, one.falsePositives, one.tpir], [0.99, 10, 0.5]);
    assert.deepEqual([third.threshold, third.falsePositives, third.tpir], [0.997, 3, 0]);
    assert.ok(third.fpirInterval[0] < 0.003 && third.fpirInterval[1] > 0.003);
    assert.ok(one.tpirInterval[0] <= 0.5 && one.tpirInterval[1] >= 0.5);
  });

  it('gives wider intervals where fewer people stand behind the pictures', () => {
    const results = Array.from({ length: 40 }, (_, i) => found(i % 2 === 0 ? 1.5 : 0.5));
    const width = (people: number) => {
      const names = results.map((_, i) => `${i % people}`);
      const [point] = strangerRates(results, names, strangers, { fpirs: [0.01], draws: 200 });
      return (point?.tpirInterval[1] ?? 0) - (point?.tpirInterval[0] ?? 0);
    };
    assert.ok(width(4) > width(40));
  });

  it('finds nobody above the scores of no strangers', () => {
    const none = { scores: [], identities: [] };
    const [point] = strangerRates([found(1)], ['a'], none, { fpirs: [0.01], draws: 2 });
    assert.deepEqual([point?.tpir, point?.fpirInterval], [0, [0, 1]]);
  });
});
