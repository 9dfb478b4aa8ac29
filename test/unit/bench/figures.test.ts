import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fillSection, writeSections } from '../../../bench/document.ts';
import { phasedLoops } from '../../../bench/phased-loops.ts';
import { slope, summarise } from '../../../bench/samples.ts';
import { assertEncodedSource, type EncodedSource } from '../../../demo/media/encoded-source.ts';

describe('figures of the bench', () => {
  it('takes quantiles by the nearest rank', () => {
    const values = Array.from({ length: 200 }, (_, at) => 200 - at);
    assert.deepEqual(summarise(values), { n: 200, median: 100, p99: 198, max: 200 });
    assert.ok(Number.isNaN(summarise([]).median));
  });

  it('fits a line', () => {
    assert.equal(slope([0, 1, 2, 3], [5, 7, 9, 11]), 2);
  });

  it('writes between the marks and leaves the rest', () => {
    const text = 'a\n<!-- bench:x -->\nold\n<!-- /bench:x -->\nb';
    const written = writeSections(text, { x: 'new' });
    assert.equal(written, 'a\n<!-- bench:x -->\n\nnew\n\n<!-- /bench:x -->\nb');
    assert.equal(writeSections(written, { x: 'new' }), written);
    const added = writeSections(text, { more: 'new' });
    assert.ok(added.startsWith(text));
    assert.ok(added.endsWith('## More\n\n<!-- bench:more -->\n\nnew\n\n<!-- /bench:more -->\n'));
    assert.equal(writeSections(added, { more: 'new' }), added);
  });

  it('leaves a measurement alone where this machine cannot make it', () => {
    const empty = '<!-- bench:x -->\n\n<!-- /bench:x -->\n';
    const skipped = fillSection(empty, 'x', 'Not measured: no GPU');
    assert.match(skipped, /no GPU/);
    assert.match(fillSection(skipped, 'x', 'Not measured: nothing'), /nothing/);
    const filled = writeSections(empty, { x: '40 ms' });
    assert.equal(fillSection(filled, 'x', 'Not measured: no GPU'), filled);
  });

  it('gives each camera a loop of its own phase that a player accepts', () => {
    const framesPerSecond = 10;
    const units = Array.from({ length: 40 }, (_, at) => ({
      data: Uint8Array.of(at),
      key: at % 10 === 0,
      time: at * 100,
      decodeTime: at * 100,
    }));
    const source: EncodedSource = {
      ...{ codec: 'h264', width: 64, height: 48, framesPerSecond, units, duration: 4000 },
    };
    const loops = phasedLoops(source, 8);
    for (const loop of loops) {
      assertEncodedSource(loop);
      assert.equal(loop.duration, 4000);
      assert.deepEqual(
        loop.units.map(({ data }) => data[0]).toSorted((a, b) => (a ?? 0) - (b ?? 0)),
        units.map(({ data }) => data[0]),
      );
    }
    const starts = new Set(loops.map((loop) => loop.units[0]?.data[0]));
    const phases = new Set(loops.map((loop) => loop.units[0]?.decodeTime));
    assert.ok(starts.size > 2);
    assert.equal(phases.size, 8);
  });
});
