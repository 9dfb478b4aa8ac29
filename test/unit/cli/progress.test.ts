import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { showProgress } from '../../../src/cli/progress.ts';

function output(isTTY: boolean) {
  const written: string[] = [];
  const stream = { isTTY, write: (text: string) => written.push(text) };
  return { written, stream: stream as unknown as NodeJS.WriteStream };
}

describe('showProgress', () => {
  it('moves one line on a terminal, once a percent, and wipes it', () => {
    const { written, stream } = output(true);
    const progress = showProgress('Work', stream);
    for (const share of [0, 0.001, 0.012, 0.019, 1]) progress.update(share);
    progress.done();
    assert.deepEqual(written, [
      '\rWork: 0 %\x1b[K',
      '\rWork: 1 %\x1b[K',
      '\rWork: 100 %\x1b[K',
      '\r\x1b[K',
    ]);
  });

  it('writes a line a tenth into a file', () => {
    const { written, stream } = output(false);
    const progress = showProgress('Work', stream);
    for (let percent = 0; percent <= 100; percent += 1) progress.update(percent / 100);
    progress.done();
    assert.equal(written.length, 11);
    assert.equal(written[0], 'Work: 0 %\n');
    assert.equal(written[10], 'Work: 100 %\n');
  });

  it('keeps within 0 and 100, and says nothing of work that never began', () => {
    const { written, stream } = output(true);
    const progress = showProgress('Work', stream);
    progress.done();
    assert.deepEqual(written, []);
    progress.update(-1);
    progress.update(7);
    assert.deepEqual(written, ['\rWork: 0 %\x1b[K', '\rWork: 100 %\x1b[K']);
  });
});
