import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bootstrapIntervals } from '../../../../tools/evaluation/bootstrap.ts';
import {
  errorAgainstQuality,
  errorTradeOff,
  identificationRates,
  rankCurve,
} from '../../../../tools/evaluation/identification-rates.ts';
import { type SearchResult, searchGallery } from '../../../../tools/evaluation/search-gallery.ts';

const vector = (...values: number[]) => Float32Array.from(values);
const result = (
  genuine: number,
  impostor: number,
  more: Partial<SearchResult> = {},
): SearchResult => ({
  genuine,
  impostor,
  rank: genuine > impostor ? 1 : 2,
  acquired: true,
  mated: true,
  ...more,
});

describe('searchGallery', () => {
  const gallery = {
    identities: ['ann', 'bob', 'ann', 'eve'],
    templates: [vector(1, 0), vector(0, 1), vector(0.8, 0.6), null],
  };
  const search = (template: Float32Array | null, identity: string) =>
    searchGallery(gallery, { templates: [template], identities: [identity] })[0];

  it('takes the best picture of each person', () => {
    const found = search(vector(0.8, 0.6), 'ann');
    assert.ok(found && Math.abs(found.genuine - 1) < 1e-6 && Math.abs(found.impostor - 0.6) < 1e-6);
    assert.equal(found.rank, 1);
  });

  it('ranks people, not pictures', () => {
    assert.equal(search(vector(1, 0), 'bob')?.rank, 2);
  });

  it('a tie is no find', () => {
    const tied = searchGallery(
      { identities: ['a', 'b'], templates: [vector(1, 0), vector(1, 0)] },
      { identities: ['a'], templates: [vector(1, 0)] },
    );
    assert.equal(tied[0]?.rank, 2);
    assert.equal(identificationRates(tied).rank1, 0);
  });

  it("compares small probes with what stands in the templates' place for them", () => {
    const small = [vector(0, 1), vector(1, 0), vector(0, 1), null];
    const templates = [vector(1, 0), vector(1, 0)];
    const found = searchGallery(
      { ...gallery, small },
      { templates, identities: ['bob', 'bob'], isSmall: [true, false] },
    );
    assert.deepEqual(
      found.map(({ rank, genuine }) => [rank, genuine]),
      [
        [1, 1],
        [2, 0],
      ],
    );
  });

  it('tells who was not acquired, not enrolled, or enrolled without a face', () => {
    assert.equal(search(null, 'ann')?.acquired, false);
    assert.equal(search(vector(1, 0), 'zoe')?.mated, false);
    assert.equal(search(vector(1, 0), 'zoe')?.impostor, 1);
    assert.equal(search(vector(1, 0), 'eve')?.rank, Number.POSITIVE_INFINITY);
  });
});

describe('identificationRates', () => {
  it('puts the threshold where the asked share of impostors lies above', () => {
    // Impostors 0.00 to 0.99; one in a hundred above: the threshold is the second best.
    const results = Array.from({ length: 100 }, (_, i) => result(i < 50 ? 0.985 : 0.97, i / 100));
    const rates = identificationRates(results, 0.01);
    assert.equal(rates.threshold, 0.98);
    assert.equal(rates.tpir, 0.5);
    assert.equal(rates.rank1, 0.97);
  });

  it('counts a face that was not acquired as a miss, and leaves it out of the threshold', () => {
    const lost = result(Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, { acquired: false });
    const rates = identificationRates([result(0.9, 0.1), lost], 0.01);
    assert.deepEqual([rates.fta, rates.rank1, rates.tpir, rates.threshold], [0.5, 0.5, 0.5, 0.1]);
  });

  it('lets people who are not enrolled raise false positives only', () => {
    const stranger = result(Number.NEGATIVE_INFINITY, 0.95, { mated: false });
    const rates = identificationRates([result(0.9, 0.1), stranger], 0.01);
    assert.deepEqual([rates.mated, rates.rank1, rates.tpir, rates.threshold], [1, 1, 0, 0.95]);
  });

  it('of nothing is nothing', () => {
    assert.deepEqual(identificationRates([], 0.01), {
      probes: 0,
      mated: 0,
      fta: 0,
      rank1: 0,
      tpir: 0,
      threshold: Number.POSITIVE_INFINITY,
    });
  });
});

describe('curves', () => {
  const results = Array.from({ length: 100 }, (_, i) =>
    result(i / 100, 0.5 + (i % 10) / 100, { rank: (i % 4) + 1 }),
  );

  it('error trade-off: FNIR falls as FPIR rises', () => {
    const points = errorTradeOff(results);
    assert.equal(points[0]?.fpir, 0);
    for (const [i, point] of points.entries()) {
      const before = points[i - 1];
      if (before) assert.ok(point.fpir > before.fpir && point.fnir <= before.fnir);
    }
  });

  it('meets the rate at its own FPIR', () => {
    const point = errorTradeOff(results).find(({ fpir }) => fpir === 0.1);
    assert.ok(Math.abs(1 - (point?.fnir ?? 0) - identificationRates(results, 0.1).tpir) < 1e-9);
  });

  it('rank curve: the share found at each place', () => {
    assert.deepEqual(rankCurve(results, 5), [0.25, 0.5, 0.75, 1, 1]);
  });

  it('error against quality: nothing is left of it when quality foretells error', () => {
    const quality = results.map(({ genuine, impostor }) => genuine - impostor);
    const curve = errorAgainstQuality(results, quality);
    assert.ok((curve[0]?.error ?? 0) > 0.5);
    assert.equal(curve.at(-1)?.error, 0);
  });
});

describe('bootstrapIntervals', () => {
  const results = Array.from({ length: 200 }, (_, i) => result(i % 2 === 0 ? 0.9 : 0.1, 0.2));

  it('hold the rate, and come out the same again', () => {
    const people = results.map((_, i) => `p${i}`);
    const once = bootstrapIntervals(results, people);
    assert.deepEqual(once, bootstrapIntervals(results, people));
    const [low, high] = once.rank1;
    assert.ok(low < 0.5 && high > 0.5);
    // Of 200 independent halves: about 0.43 to 0.57.
    assert.ok(Math.abs(low - 0.43) < 0.03 && Math.abs(high - 0.57) < 0.03, `${low} ${high}`);
  });

  it('are wider when few people stand behind many pictures', () => {
    const [low, high] = bootstrapIntervals(
      results,
      results.map((_, i) => `p${i % 10}`),
    ).rank1;
    assert.ok(high - low > 0.3, `${low} ${high}`);
  });
});
