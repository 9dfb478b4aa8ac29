import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lineChart } from '../../../bench/chart.ts';

describe('lineChart', () => {
  const series = [
    {
      name: 'a < b',
      points: [
        [0, 0],
        [5, 100],
      ] as const,
    },
    {
      name: 'flat',
      points: [
        [0, 50],
        [5, 50],
      ] as const,
    },
  ];

  it('draws each series within the picture, names escaped', () => {
    const svg = lineChart({
      title: 'T & U',
      x: 'x',
      y: 'y',
      series,
      marks: [{ at: 2, label: 'm' }],
    });
    assert.match(svg, /^<svg /);
    assert.match(svg, /a &lt; b/);
    assert.match(svg, /T &amp; U/);
    const lines = [...svg.matchAll(/<polyline points="([^"]*)"/g)].map(([, points]) => points);
    assert.equal(lines.length, 2);
    const [rising, flat] = lines.map((points) =>
      points?.split(' ').map((pair) => pair.split(',').map(Number)),
    );
    assert.ok((rising?.[0]?.[1] as number) > (rising?.[1]?.[1] as number), 'upwards');
    assert.equal(flat?.[0]?.[1], flat?.[1]?.[1]);
    for (const number of svg.matchAll(/[xy][12]?="(-?[\d.]+)"/g)) {
      assert.ok(Number(number[1]) >= 0 && Number(number[1]) <= 760);
    }
  });

  it('puts powers of ten at even distances when logarithmic', () => {
    const points = [
      [1000, 0.01],
      [10_000, 0.1],
      [100_000, 1],
    ] as const;
    const svg = lineChart({
      title: 't',
      x: 'x',
      y: 'y',
      series: [{ name: 's', points }],
      logarithmic: true,
    });
    const [a, b, c] = (/<polyline points="([^"]*)"/.exec(svg)?.[1] ?? '')
      .split(' ')
      .map((pair) => Number(pair.split(',')[0]));
    assert.ok(Math.abs((b ?? 0) - (a ?? 0) - ((c ?? 0) - (b ?? 0))) < 0.2);
    assert.ok(!svg.includes('NaN'));
  });
});
